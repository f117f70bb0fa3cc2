//! Calls every operation of `sent.yml` at the address it is given, and prints what comes back.

use std::fmt::{Debug, Display};

use futures_util::TryStreamExt as _;
use sent::multipart::Form;
use sent::{Error, ResponseValue, connect, exists, http::Http, types};
use serde_json::json;

fn told<T: Debug>(operation: &str, outcome: Result<T, impl Display>) {
    match outcome {
        Ok(value) => println!("{operation}: {value:?}"),
        Err(error) => println!("{operation}: failed: {error}"),
    }
}

fn status<T, E: Debug>(operation: &str, outcome: Result<ResponseValue<T>, Error<E>>) {
    told(operation, outcome.map(|answer| answer.status()));
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let base = std::env::args().nth(1).expect("an address");
    let client = connect(&base, Http::new());
    let thing = || types::ThingRequest::builder().id("no uuid");

    let read = client.post_json().body(thing()).send().await;
    told("post_json", read.map(|answer| answer.into_inner()));
    status("post_maybe", client.post_maybe().send().await);
    let sent = client.post_maybe().body(thing()).send().await;
    status("post_maybe", sent);
    let state = types::ThingRequestState::Off;
    let merged = client.merge().body(thing().state(state)).send().await;
    told("merge", merged.map(|answer| answer.into_inner().id));
    let things = vec![types::ThingRequest::try_from(thing()).expect("a thing")];
    let read = client.post_text_json().body(things).send().await;
    told("post_text_json", read.map(|answer| answer.into_inner().id));

    let form = types::PostFormBody::builder()
        .name("a b&c=ü")
        .count(3)
        .ids("1,2".to_owned())
        .tags(vec!["x".to_owned(), "y z".to_owned()])
        .thing(types::ThingRequest::try_from(thing()).expect("a thing"));
    status("post_form", client.post_form().body(form).send().await);
    let form = Form::new()
        .text("note", "hé")
        .file("file", "a\"b.txt", b"line\r\n");
    let (media, body) = (form.content_type(), form.into_body());
    let sent = client.upload().content_type(media).body(body).send().await;
    status("upload", sent);
    let bytes = client.put_bytes().body("raw").send().await;
    let bytes: Vec<_> = bytes
        .expect("bytes")
        .into_inner()
        .into_inner()
        .try_collect()
        .await
        .expect("all of them");
    println!("put_bytes: {:?}", bytes.concat());
    status("put_text", client.put_text().body("plain").send().await);

    for id in ["a/b", r"DEMOLAB\EAGLE", "%2e", "ü ?#", "..", ""] {
        status(id, client.reboot().id(id).send().await);
    }
    for x in ["a-b", ".."] {
        status("pair", client.pair().x(x).y("c").send().await);
    }
    let asked = client
        .query()
        .top(5)
        .any(json!("whatever"))
        .deep_a("inner")
        .either(7)
        .filter(json!({ "Id": "x" }).to_string())
        .flag(true)
        .joined("1,2")
        .many(vec!["a b".to_owned(), "c".to_owned()])
        .one("spread")
        .ratio(0.5)
        .states(vec![
            types::QueryStatesItem::On,
            types::QueryStatesItem::Off,
        ])
        .cookie("session=abc; theme=1")
        .x_trace("traced");
    status("query", asked.send().await);

    told(
        "either",
        client
            .either()
            .send()
            .await
            .map(|answer| answer.into_inner().job),
    );
    told(
        "nothing",
        client
            .nothing()
            .send()
            .await
            .map(|answer| answer.into_inner()),
    );
    match client.refused().send().await {
        Err(Error::UnexpectedResponse(answer)) => {
            println!("refused: {} {:?}", answer.status(), answer.text().await);
        }
        other => told("refused", other),
    }
    told("there", exists(client.there().id("yes").send().await));
    told("there", exists(client.there().id("no").send().await));
    let nobody = connect("http://127.0.0.1:9", Http::new());
    told("nobody", nobody.nothing().send().await);
}
