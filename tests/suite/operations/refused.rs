//! A value that cannot be sent is rejected with the name of the parameter, in every operation.

use citrix_cloud_gen::Secret;
use citrix_cloud_gen::operation::{Operation as _, Place, Reason};
use citrix_cloud_gen::ops::machines::{GetMachine, RemoveMachine};

use super::{Row, daas};

#[test]
fn an_id_that_would_change_the_path_is_refused() {
    let operations = daas();
    let mut refused = 0;
    for row in Row::all() {
        for name in row.path_parameters() {
            for value in ["", ".", ".."] {
                let mut arguments = row.arguments(true);
                arguments.set(Place::Path, name, value);
                let error = (operations[row.id.as_str()].request)(&arguments).unwrap_err();
                assert_eq!((error.operation, error.parameter), (row.id.as_str(), name));
                assert!(matches!(error.reason, Reason::RefusedSegment(was) if was == value));
                refused += 1;
            }
        }
    }
    assert_eq!(refused, 3 * (306 + 2 * 69 + 3 * 3));
}

#[test]
fn a_parameter_that_is_missing_is_named() {
    let operations = daas();
    let mut missing = 0;
    for row in Row::all() {
        for (place, name, required) in row.parameters() {
            let mut arguments = row.arguments(true);
            assert!(arguments.remove(place, &name), "{} {name}", row.id);
            let request = (operations[row.id.as_str()].request)(&arguments);
            if required {
                let error = request.unwrap_err();
                assert_eq!(
                    (error.operation, error.parameter),
                    (row.id.as_str(), name.as_str())
                );
                assert!(matches!(error.reason, Reason::Missing));
                missing += 1;
            } else {
                request.unwrap_or_else(|error| panic!("{error}"));
            }
        }
    }
    assert_eq!(missing, 306 + 2 * 69 + 3 * 3 + 31 + 166);
}

#[test]
fn a_value_of_another_type_is_named() {
    let operations = daas();
    let rows = Row::all();
    let row = rows
        .iter()
        .find(|row| row.id == "MachinesGetMachines")
        .unwrap();
    let mut arguments = row.arguments(true);
    arguments.set(Place::Query, "limit", "many");
    let error = (operations["MachinesGetMachines"].request)(&arguments).unwrap_err();
    assert_eq!(
        error.to_string(),
        "MachinesGetMachines: `limit` is not of its type; nothing was sent"
    );
}

#[test]
fn errors_say_operation_and_parameter_and_no_value() {
    let says = |id: &str| GetMachine::new(id).into_request().unwrap_err().to_string();
    assert_eq!(
        says(""),
        "MachinesGetMachine: `nameOrId` is empty; nothing was sent"
    );
    assert_eq!(
        says(".."),
        "MachinesGetMachine: `nameOrId` is `..`, which is not an id or a name; nothing was sent"
    );
    let long = GetMachine::new("x").fields("Name,".repeat(20_000));
    assert_eq!(
        long.into_request().unwrap_err().to_string(),
        "MachinesGetMachine: `path` makes the URL too long; nothing was sent"
    );
    let header = RemoveMachine::new("x").x_admin_credential("Basic hunter2\n");
    let error = header.into_request().unwrap_err();
    assert_eq!(
        error.to_string(),
        "MachinesRemoveMachine: `X-AdminCredential` has characters that a header cannot have; nothing was sent"
    );
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[test]
fn a_secret_is_sent_and_not_shown() {
    let operation = RemoveMachine::new("x").x_admin_credential(Secret::from("hunter2"));
    assert!(!format!("{operation:?}").contains("hunter2"));
    let request = operation.into_request().unwrap();
    assert_eq!(request.headers()["X-AdminCredential"], "hunter2");
    assert!(!format!("{request:?}").contains("hunter2"));
}
