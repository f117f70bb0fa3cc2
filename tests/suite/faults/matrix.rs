//! Every operation with every fault: the caller's error, how often the request was sent, and how
//! often it ran.

use std::time::Duration;

use citrix_cloud::{ApiVersion, Client, Error, ErrorKind};
use citrix_cloud_emulator::faults::{Fault, FaultKind};
use citrix_cloud_emulator::{Emulator, Server, ids};

use super::every_fault::{Leaves, faults};
use super::every_operation::{OPERATIONS, Operation};

fn client(server: &Server) -> Client {
    Client::builder()
        .credentials(
            citrix_cloud::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)
                .unwrap(),
        )
        .endpoint(server.url())
        .api_version(ApiVersion::Current)
        .timeout(Duration::from_secs(60))
        .build()
        .unwrap()
}

/// The result of one operation with one fault.
struct Case {
    outcome: Result<(), Error>,
    sent: usize,
    ran: usize,
    struck: usize,
}

/// An emulator with a client, used for one case after the other.
struct Bench {
    server: Server,
    client: Client,
}

impl Bench {
    async fn new() -> Self {
        let emulator = Emulator::default();
        let server = emulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
        let client = client(&server);
        Self { server, client }
    }

    /// Resets it with a valid token, so that the fault affects the operation.
    async fn case(&self, operation: &Operation, fault: Fault) -> Case {
        self.server.reset();
        self.client.service_states().list().all().await.unwrap();
        self.server.journal().clear();
        self.server.faults().set(vec![fault]);
        let outcome = (operation.call)(self.client.clone()).await;
        let entries = self.server.journal().entries();
        let ours = entries
            .iter()
            .filter(|it| it.operation.as_deref() == Some(operation.name));
        Case {
            outcome,
            sent: ours.clone().count(),
            // A search is a POST that changes nothing.
            ran: ours.filter(|it| it.acted && operation.writes).count(),
            struck: self.server.faults().injections().len(),
        }
    }
}

/// Returns what is wrong with a case, if anything.
fn wrong(operation: &Operation, leaves: Leaves, case: &Case) -> Option<String> {
    let writes = operation.writes;
    let kind = case.outcome.as_ref().err().map(Error::kind);
    let told_unknown = kind == Some(ErrorKind::OutcomeUnknown);
    let right = match leaves {
        Leaves::Success => kind.is_none() && case.sent == 1,
        Leaves::Refusal => kind.is_none() && case.sent == 2,
        Leaves::RedirectAndNothing | Leaves::RedirectAndDeed => {
            told_unknown == writes && kind.is_some() && case.sent == 1
        }
        Leaves::Error => kind.is_some() && !told_unknown && case.sent == 1,
        Leaves::DoubtAndNothing | Leaves::DoubtAndDeed if writes => told_unknown && case.sent == 1,
        Leaves::DoubtAndNothing | Leaves::DoubtAndDeed => kind.is_none() && case.sent == 2,
        // A response without a body cannot lose it.
        Leaves::SpoiltBody if writes => {
            matches!(
                kind,
                None | Some(ErrorKind::OutcomeUnknown | ErrorKind::Decode)
            ) && case.sent == 1
        }
        Leaves::SpoiltBody => kind.is_none() && (1..=2).contains(&case.sent),
    };
    let deeds = match leaves {
        _ if !writes => 0,
        Leaves::DoubtAndNothing | Leaves::RedirectAndNothing | Leaves::Error => 0,
        _ => 1,
    };
    let explained = case
        .outcome
        .as_ref()
        .err()
        .is_none_or(|error| error.operation().is_some() && error.transaction_id().is_some());
    // A body that does not exist cannot be damaged or slow.
    let struck = case.struck == 1 || matches!(leaves, Leaves::SpoiltBody | Leaves::Success);
    (!(right && explained && struck && case.ran == deeds)).then(|| {
        format!(
            "{} {leaves:?}: {:?}, sent {} times, ran {} times, struck {} times",
            operation.name, case.outcome, case.sent, case.ran, case.struck
        )
    })
}

#[tokio::test(start_paused = true)]
async fn every_operation_succeeds_or_fails_honestly_under_every_fault() {
    let faults = faults();
    let mut failures = Vec::new();
    for operation in OPERATIONS {
        let bench = Bench::new().await;
        for (leaves, fault) in &faults {
            // To a question whether something exists, 404 is an answer.
            if operation.name == "MachinesCheckMachineExists"
                && *fault.kind() == FaultKind::Status(404)
            {
                continue;
            }
            let fault = fault.clone().on(operation.name);
            let case = bench.case(operation, fault.clone()).await;
            if let Some(wrong) = wrong(operation, *leaves, &case) {
                failures.push(format!("{wrong}, under {fault:?}"));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        OPERATIONS.len() * faults.len(),
        failures.join("\n")
    );
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_refused_is_tried_again() {
    let emulator = Emulator::builder()
        .faults(vec![Fault::new(FaultKind::RefuseConnection).times(3)])
        .build();
    let server = emulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    let client = client(&server);
    let site = client.daas().site(ids::SITE_ID);
    site.machine(ids::KESTREL_ID).reboot().await.unwrap();
    let reboots = emulator.read_site(|site| site.machines.get(ids::KESTREL_ID).unwrap().reboots());
    assert_eq!((emulator.faults().injections().len(), reboots), (3, 1));
}

#[tokio::test(start_paused = true)]
async fn lists_that_do_not_end_are_errors_and_not_loops() {
    for kind in [FaultKind::RepeatedToken, FaultKind::EndlessTokens] {
        let emulator = Emulator::default();
        let server = emulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
        let client = client(&server);
        emulator
            .faults()
            .add(Fault::new(kind.clone()).on("MachinesGetMachines"));
        let machines = client.daas().site(ids::SITE_ID).machines().list();
        if kind == FaultKind::RepeatedToken {
            let error = machines.all().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
            assert!(error.to_string().contains("token"), "{error}");
        } else {
            // Each page is another one: only the caller can tell that it is enough.
            use futures_util::StreamExt as _;
            let pages: Vec<_> = machines.pages().take(50).collect().await;
            assert!(pages.iter().all(Result::is_ok));
        }
        assert!(emulator.journal().entries().len() < 60);
    }
}
