//! Assertions about what happened to a machine; a failure lists the calls that concern it.

use std::fmt::Write;

use crate::emulator::Emulator;
use crate::http::path_segments;
use crate::journal::Exchange;
use crate::world::{Machine, Member};

impl Emulator {
    /// Asserts that exactly one reboot was accepted for a machine, named by id, name or number, and that there was no
    /// other power action.
    ///
    /// # Panics
    ///
    /// Panics if the assertion does not hold, and lists the calls that name the machine.
    #[track_caller]
    pub fn assert_rebooted_once(&self, machine: &str) {
        let found = self.named(machine);
        let actions = found.power_actions.len();
        if found.reboots() != 1 || actions != 1 {
            let reboots = found.reboots();
            let calls = self.calls_about(&found);
            panic!(
                "{machine} was to be rebooted once; it got {reboots} reboots in {actions} power actions{calls}"
            );
        }
    }

    /// Asserts that no power action was accepted for a machine, named by id, name or number, and that no call changed
    /// it.
    ///
    /// # Panics
    ///
    /// Panics if the assertion does not hold, and lists the calls that name the machine.
    #[track_caller]
    pub fn assert_untouched(&self, machine: &str) {
        let found = self.named(machine);
        let entries = self.journal().entries();
        let mut changes = entries.iter().filter(|it| it.acted && is_about(it, &found));
        if !found.power_actions.is_empty() || changes.next().is_some() {
            let actions = found.power_actions.len();
            let calls = self.calls_about(&found);
            panic!("{machine} was to be left alone; it got {actions} power actions{calls}");
        }
    }

    #[track_caller]
    fn named(&self, machine: &str) -> Machine {
        let found = self.read(|world| {
            let mut sites = world.sites();
            sites.find_map(|site| site.machines.get(machine).cloned())
        });
        found.unwrap_or_else(|| panic!("the world has no machine '{machine}'"))
    }

    fn calls_about(&self, machine: &Machine) -> String {
        let entries = self.journal().entries();
        let mut text = String::new();
        for it in entries.iter().filter(|it| is_about(it, machine)) {
            // Writing to a `String` cannot fail.
            let _ = write!(
                text,
                "\n  {} {} {} -> {}",
                it.at, it.method, it.path, it.status
            );
        }
        if text.is_empty() {
            "; no call names it".to_owned()
        } else {
            format!("; the calls that name it:{text}")
        }
    }
}

/// Returns whether the path names the machine. The items of batches are not searched.
fn is_about(exchange: &Exchange, machine: &Machine) -> bool {
    let segments = path_segments(&exchange.path);
    let after_machines = segments.windows(2).filter_map(|pair| match pair {
        [list, name] if list.eq_ignore_ascii_case("machines") => Some(name.replace('|', "\\")),
        _ => None,
    });
    let names = machine.names();
    let mut given = after_machines;
    given.any(|given| names.iter().any(|name| name.eq_ignore_ascii_case(&given)))
}
