//! Each operation decodes its response in its own way.

use citrix_cloud_gen::operation::{Asynchronous, HasFields, Listed, Operation, Page, Response};
use citrix_cloud_gen::ops::{catalogs, machines, policies};
use serde::de::DeserializeOwned;

/// A response as a client passes it on.
struct Received(u16, &'static str);

impl Response for Received {
    type Error = String;

    fn json<T: DeserializeOwned>(self) -> Result<T, String> {
        serde_json::from_str(self.1).map_err(|error| error.to_string())
    }

    fn optional<T: DeserializeOwned>(self) -> Result<Option<T>, String> {
        match self.1 {
            "" => Ok(None),
            _ => self.json(),
        }
    }

    fn empty(self) -> Result<(), String> {
        Ok(())
    }

    fn exists(self) -> Result<bool, String> {
        match self.0 {
            404 => Ok(false),
            status if status < 300 => Ok(true),
            status => Err(status.to_string()),
        }
    }

    fn bytes(self) -> Result<bytes::Bytes, String> {
        Ok(bytes::Bytes::from_static(self.1.as_bytes()))
    }
}

#[test]
fn a_write_with_a_model_reads_it_or_nothing() {
    let read = |text| machines::RebootMachine::decode(Received(200, text)).unwrap();
    assert!(read("").is_none() && read("null").is_none());
    let machine = read(r#"{"Name":"DEMOLAB\\EAGLE"}"#).expect("a machine");
    assert_eq!(machine.name.as_deref(), Some(r"DEMOLAB\EAGLE"));
}

#[test]
fn a_head_reads_yes_or_no() {
    let read = |status| catalogs::CheckMachineCatalogExists::decode(Received(status, ""));
    assert_eq!(read(204), Ok(true));
    assert_eq!(read(404), Ok(false));
    assert_eq!(read(403), Err("403".to_owned()));
}

#[test]
fn a_page_is_read_in_either_casing() {
    let page = machines::GetMachines::decode(Received(
        200,
        r#"{"Items":[{"Name":"A"}],"ContinuationToken":"next"}"#,
    ));
    let Page { items, token } = machines::GetMachines::into_page(page.unwrap());
    assert_eq!((items.len(), token.as_deref()), (1, Some("next")));

    let sets = policies::ReadGpoPolicySets::decode(Received(200, r#"{"items":[{}]}"#)).unwrap();
    assert_eq!(policies::ReadGpoPolicySets::into_page(sets).items.len(), 1);
}

#[test]
fn any_operation_with_job_and_fields_parameters_can_set_them() {
    fn target(operation: impl Operation) -> String {
        operation.into_request().unwrap().uri().to_string()
    }
    fn job(operation: impl Asynchronous) -> String {
        target(operation.asynchronous())
    }
    fn fields(operation: impl HasFields) -> String {
        target(operation.only_fields("Id,Name".to_owned()))
    }
    assert_eq!(
        job(machines::RebootMachine::new("x").force(true)),
        "/Machines/x/$reboot?async=true&force=true"
    );
    assert_eq!(
        fields(machines::GetMachine::new("x")),
        "/Machines/x?fields=Id%2CName"
    );
}
