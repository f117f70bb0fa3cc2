//! Runs curl with options on its standard input, so that its arguments contain no secret.

use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::cloud::Identity;

/// One process that signs in, requests `/me`, and gets a page of machines.
///
/// curl cannot extract the token from the first response, so it uses another one.
pub(super) fn script(cloud: &Identity) -> Result<String> {
    let token = token(cloud)?;
    let Identity {
        url,
        customer_id: customer,
        site_id: site,
        catalog_id: catalog,
        ..
    } = cloud;
    let sign_in = sign_in(cloud);
    let headers = format!(
        "header = \"Accept: application/json\"\n\
         header = \"Authorization: CwsAuth Bearer={token}\"\n\
         header = \"Citrix-CustomerId: {customer}\"\n\
         header = \"Citrix-InstanceId: {site}\"\n"
    );
    Ok(format!(
        "{sign_in}next\nfail\nsilent\nshow-error\nurl = \"{url}/cvad/manage/me\"\n{headers}\
         next\nfail\nsilent\nshow-error\n\
         url = \"{url}/cvad/manage/MachineCatalogs/{catalog}/Machines?limit=250\"\n{headers}"
    ))
}

fn sign_in(cloud: &Identity) -> String {
    let Identity {
        url,
        client_id,
        client_secret,
        ..
    } = cloud;
    format!(
        "fail\nsilent\nshow-error\nurl = \"{url}/cctrustoauth2/root/tokens/clients\"\n\
         data-urlencode = \"grant_type=client_credentials\"\n\
         data-urlencode = \"client_id={client_id}\"\n\
         data-urlencode = \"client_secret={client_secret}\"\n"
    )
}

fn token(cloud: &Identity) -> Result<String> {
    let mut curl = Command::new("curl")
        .args(["--config", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("curl does not start")?;
    let mut stdin = curl.stdin.take().context("curl takes no input")?;
    stdin.write_all(sign_in(cloud).as_bytes())?;
    drop(stdin);
    let output = curl.wait_with_output()?;
    ensure!(output.status.success(), "curl could not sign in");
    let response: Value = serde_json::from_slice(&output.stdout)?;
    let token = response["access_token"].as_str();
    Ok(token
        .context("there is no token in the response")?
        .to_owned())
}
