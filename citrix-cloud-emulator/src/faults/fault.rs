//! Fault rules: which requests they apply to, how often they fire, and what happens then.

use serde::{Deserialize, Serialize};
use wildmatch::WildMatch;

use super::kind::FaultKind;

/// A rule that makes some requests go wrong.
///
/// Without conditions it applies to every request, including those to the token endpoint. By default it fires
/// every time, and the same requests in the same order are affected on every run.
///
/// ```
/// use citrix_cloud_emulator::Emulator;
/// use citrix_cloud_emulator::faults::{Fault, FaultKind};
///
/// let emulator = Emulator::default();
/// emulator.faults().add(Fault::new(FaultKind::Status(503)).on("Machines*").rate(0.1).times(3));
/// // The nasty one: the machine reboots, and the client never learns of it.
/// emulator.faults().add(Fault::new(FaultKind::Reset).on("MachinesRebootMachine").after_acting());
/// ```
///
/// In YAML, where all keys but `kind` may be left out:
///
/// ```yaml
/// - operations: [Machines*]
///   path: /cvad/manage
///   method: POST
///   rate: 0.1
///   times: 3
///   after: 5
///   seed: 42
///   after_acting: true
///   kind: { status: 503 }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    kind: FaultKind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    operations: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    #[serde(default = "always", deserialize_with = "share")]
    rate: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<u64>,
    #[serde(default)]
    after: u64,
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    after_acting: bool,
}

/// The properties of a request that a rule can check before the request is carried out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) operation: Option<&'a str>,
    pub(crate) path: &'a str,
    pub(crate) method: &'a str,
}

impl Fault {
    /// Creates a rule that fires for every request.
    #[must_use]
    pub fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            operations: Vec::new(),
            path: None,
            method: None,
            rate: always(),
            times: None,
            after: 0,
            seed: 0,
            after_acting: false,
        }
    }

    /// Restricts the rule to this operation: a name such as `MachinesRebootMachine`, or a pattern with `*` and `?`.
    /// Case and underscores are ignored. Further calls add further operations.
    #[must_use]
    pub fn on(mut self, operation: impl Into<String>) -> Self {
        self.operations.push(operation.into());
        self
    }

    /// Restricts the rule to paths with this prefix, such as `/cvad/manage/Machines`; case is ignored.
    #[must_use]
    pub fn path(mut self, prefix: impl Into<String>) -> Self {
        self.path = Some(prefix.into());
        self
    }

    /// Restricts the rule to this method.
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Fires for this share of the requests that it applies to, from 0 to 1; other values are clamped.
    #[must_use]
    pub fn rate(mut self, rate: f64) -> Self {
        self.rate = if rate.is_nan() {
            0.0
        } else {
            rate.clamp(0.0, 1.0)
        };
        self
    }

    /// Fires at most this many times.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Lets this many of the requests that it applies to pass first.
    #[must_use]
    pub fn after(mut self, requests: u64) -> Self {
        self.after = requests;
        self
    }

    /// Sets the seed that determines which requests [`rate`](Self::rate) selects; default 0.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Carries out the request before the fault takes effect. Kinds that change a real response always do so.
    #[must_use]
    pub fn after_acting(mut self) -> Self {
        self.after_acting = true;
        self
    }

    /// Returns what happens when it fires.
    #[must_use]
    pub fn kind(&self) -> &FaultKind {
        &self.kind
    }

    pub(super) fn acts(&self) -> bool {
        self.after_acting || self.kind.needs_a_response()
    }

    pub(super) fn share(&self) -> f64 {
        self.rate
    }

    pub(super) fn first_seed(&self) -> u64 {
        self.seed
    }

    /// Returns whether a rule that was evaluated and has fired this many times may fire again.
    pub(super) fn may_fire(&self, asked: u64, fired: u64) -> bool {
        asked > self.after && self.times.is_none_or(|times| fired < times)
    }

    pub(super) fn has_conditions(&self) -> bool {
        !self.operations.is_empty() || self.path.is_some() || self.method.is_some()
    }

    pub(super) fn concerns(&self, target: Target<'_>) -> bool {
        let named = || {
            let mut patterns = self.operations.iter();
            let name = target.operation;
            name.is_some_and(|name| patterns.any(|pattern| fits(pattern, name)))
        };
        let begins = |prefix: &String| {
            let start = target.path.get(..prefix.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        };
        (self.operations.is_empty() || named())
            && self.path.as_ref().is_none_or(begins)
            && self
                .method
                .as_ref()
                .is_none_or(|method| method.eq_ignore_ascii_case(target.method))
    }
}

/// Returns whether a pattern matches an operation's name.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    WildMatch::new(&plain(pattern)).matches(&plain(name))
}

/// Normalizes a name: documents, generated code and the emulator spell operations differently.
fn plain(name: &str) -> String {
    name.replace('_', "").to_ascii_lowercase()
}

fn always() -> f64 {
    1.0
}

fn share<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let rate = f64::deserialize(deserializer)?;
    if (0.0..=1.0).contains(&rate) {
        Ok(rate)
    } else {
        let message = format!("rate must be between 0 and 1, got {rate}");
        Err(serde::de::Error::custom(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REBOOT: Target<'_> = Target {
        operation: Some("MachinesRebootMachine"),
        path: "/cvad/manage/Machines/7/$reboot",
        method: "POST",
    };

    #[test]
    fn conditions_must_all_hold() {
        let fault = Fault::new(FaultKind::Reset);
        assert!(fault.concerns(REBOOT));
        for name in [
            "MachinesRebootMachine",
            "machines_reboot_machine",
            "*Reboot*",
        ] {
            assert!(
                fault.clone().on("Jobs*").on(name).concerns(REBOOT),
                "{name}"
            );
        }
        assert!(!fault.clone().on("Machines").concerns(REBOOT));
        assert!(fault.clone().path("/CVAD/").method("post").concerns(REBOOT));
        assert!(!fault.clone().path("/cvadapis").concerns(REBOOT));
        assert!(!fault.clone().method("GET").concerns(REBOOT));
        let nowhere = Target {
            operation: None,
            path: "/é",
            method: "GET",
        };
        assert!(!fault.clone().on("*").concerns(nowhere));
        assert!(!fault.path("/e").concerns(nowhere));
    }
}
