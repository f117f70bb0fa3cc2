//! Checks that a side really did the work.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use super::cases::{Case, Work};
use super::cloud::{Cloud, Exchange};
use super::program::Sample;

/// Compares a program's output, and the emulator's journal, with the work of the case.
pub(super) fn check(case: &Case, sample: &Sample, cloud: &Cloud) -> Result<()> {
    let journal = cloud.journal()?;
    let objects = match case.work {
        Work::Reboots | Work::Pages(_) => case.machines,
        Work::Calls(calls) => calls,
        Work::Decodes(rounds) => case.machines * rounds,
    };
    ensure!(
        sample.objects == objects,
        "{} objects instead of {objects}",
        sample.objects
    );
    requests(case, &journal)
}

fn requests(case: &Case, journal: &[Exchange]) -> Result<()> {
    let failed = journal.iter().find(|it| !(200..300).contains(&it.status));
    if let Some(failed) = failed {
        let Exchange {
            method,
            path,
            status,
            ..
        } = failed;
        anyhow::bail!("{method} {path} got {status}");
    }
    let pages = count(journal, "GET", "/Machines");
    match case.work {
        Work::Reboots => {
            let reboots = journal.iter().filter(|it| it.path.ends_with("/$reboot"));
            let acted: Vec<_> = reboots.filter(|it| it.acted).map(|it| &it.path).collect();
            let machines = acted.iter().collect::<BTreeSet<_>>().len();
            ensure!(
                (acted.len(), machines) == (case.machines, case.machines),
                "{} reboots of {machines} machines instead of one for each of {}",
                acted.len(),
                case.machines
            );
        }
        Work::Pages(wanted) => ensure!(pages == wanted, "{pages} pages instead of {wanted}"),
        Work::Calls(wanted) => {
            let one = journal.iter().filter(|it| it.path.contains("/Machines/"));
            let calls = one.filter(|it| it.method == "GET").count();
            ensure!(calls == wanted, "{calls} calls instead of {wanted}");
        }
        Work::Decodes(_) => ensure!(pages == 1, "{pages} pages instead of one"),
    }
    Ok(())
}

fn count(journal: &[Exchange], method: &str, ending: &str) -> usize {
    let asked = journal.iter().filter(|it| it.method == method);
    asked.filter(|it| it.path.ends_with(ending)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks::bench::cases::CASES;

    fn exchange(method: &str, path: &str, status: u16) -> Exchange {
        Exchange {
            method: method.to_owned(),
            path: path.to_owned(),
            status,
            acted: method == "POST" && status == 200,
        }
    }

    fn reboots(machines: usize) -> Vec<Exchange> {
        let path = |number| format!("/cvad/manage/Machines/{number}/$reboot");
        let machines = 0..machines;
        machines
            .map(|it| exchange("POST", &path(it), 200))
            .collect()
    }

    #[test]
    fn each_machine_must_be_rebooted_once_without_failures() {
        let case = CASES.iter().find(|it| matches!(it.work, Work::Reboots));
        let case = case.expect("there is one");
        let mut journal = reboots(case.machines);
        requests(case, &journal).expect("each was rebooted once");

        journal[1] = exchange("POST", "/cvad/manage/Machines/0/$reboot", 200);
        requests(case, &journal).expect_err("one twice, another one never");

        journal = reboots(case.machines - 1);
        requests(case, &journal).expect_err("one is missing");

        journal = reboots(case.machines);
        journal.push(exchange("GET", "/cvad/manage/me", 500));
        requests(case, &journal).expect_err("something failed");
    }

    #[test]
    fn pages_are_counted() {
        let case = CASES.iter().find(|it| matches!(it.work, Work::Pages(1)));
        let case = case.expect("there is one");
        let page = || exchange("GET", "/cvad/manage/MachineCatalogs/c/Machines", 200);
        requests(case, &[page()]).expect("one page");
        requests(case, &[page(), page()]).expect_err("the same work has one page");
        requests(case, &[]).expect_err("nothing was asked");
    }
}
