//! Other people's documents: almost YAML, almost JSON.

use xtask::pipeline::document::any::parse;

fn shown(bytes: &[u8]) -> String {
    match parse(bytes, 1_000) {
        Ok((document, report)) => super::shown(&document, &report),
        Err(error) => format!("{error:#}"),
    }
}

#[test]
fn a_duplicate_key_loses_nothing() {
    insta::assert_snapshot!(shown(
        b"
paths:
  /a: { get: { deprecated: true } }
  /b: { get: {} }
  /a: { post: {}, get: { deprecated: false } }
  /b: { get: {} }
tags: [{ name: a, name: b }]
"
    ));
}

#[test]
fn json_may_have_keys_twice_and_commas_at_the_end() {
    insta::assert_snapshot!(
        [
            shown(b"{ \"paths\": { \"/a\": { \"get\": 1 }, \"/a\": { \"put\": 2 } } }"),
            shown(b"{\n\t\"paths\": { \"/a\": 1, },\n}"),
        ]
        .join("\n----\n")
    );
}

#[test]
fn text_that_lacks_its_quotes_is_read_as_if_quoted() {
    insta::assert_snapshot!(shown(
        b"
info:
  description: Note: a colon
    and another: here
  summary: [Preview] Of things
  contact: @team
paths:
  /a:
    get:
      description: \"Two\" quotes
      responses:
        200:
          content:
            */*: {}
\t  x-after: 'a tab'
"
    ));
}

#[test]
fn keys_that_are_not_strings_and_malformed_numbers_are_read() {
    insta::assert_snapshot!(shown(
        b"
200: { maximum: .inf, minimum: -79228162514264337593543950335, at: 2020-01-01 }
1.10: octal 0755
true: &same { of: =, more: 0755 }
~: { <<: *same }
? /a/key/that/some/writers/put/behind/a/question/mark/since/it/is/longer/than/one/hundred/and/twenty/eight/characters
: 1
"
    ));
}

#[test]
fn any_encoding_is_read() {
    let wide: Vec<u8> = "\u{FEFF}a: ö"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let shown = [
        shown(b"\xEF\xBB\xBFa: 1"),
        shown(&wide),
        shown(b"a: 1\nb: caf\xE9\n"),
    ];
    insta::assert_snapshot!(shown.join("\n----\n"));
}

#[test]
fn input_that_cannot_be_repaired_is_named_by_line() {
    let shown = [
        shown(b"a: [1, 2\nb: 3\n"),
        shown(b"- 1\n"),
        shown(b""),
        shown(b"a: 1\n b: 2\n   c: 3\n"),
    ];
    insta::assert_snapshot!(shown.join("\n----\n"));
}

#[test]
fn a_document_may_be_larger_and_deeper_than_a_configuration_file() {
    let list = "1,".repeat(300_000);
    let deep = format!("{}1{}", "{ a: ".repeat(100), " }".repeat(100));
    let document = format!("list: [{list}]\ndeep: {deep}\n");
    // On a large stack, as in the program, because the reader recurses once per level.
    let reader = std::thread::Builder::new().stack_size(1 << 28);
    let reader = reader.spawn(move || parse(document.as_bytes(), 1_000_000));
    let (document, report) = reader
        .expect("a thread")
        .join()
        .expect("no panic")
        .expect("read");
    assert_eq!(document["list"].as_array().map(Vec::len), Some(300_000));
    assert_eq!(report.notes, Vec::<String>::new());
}
