//! The cases to measure.

use super::program::Program;

/// The same work, done by several programs.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) machines: usize,
    /// How long the emulator delays every response, in milliseconds.
    pub(super) latency: u32,
    pub(super) work: Work,
    pub(super) runs: usize,
    /// The first one is the baseline for the others.
    pub(super) sides: &'static [Side],
}

/// The work that each side must have done, according to its own output and the emulator's journal.
pub(super) enum Work {
    /// Every machine rebooted once.
    Reboots,
    /// All machines listed, in this many pages.
    Pages(usize),
    /// One machine read N times.
    Calls(usize),
    /// One page fetched, and decoded N times.
    Decodes(usize),
}

/// A program in a case.
pub(super) struct Side {
    pub(super) name: &'static str,
    pub(super) program: Program,
    pub(super) target: Option<Target>,
}

/// Our target.
#[derive(Clone, Copy)]
pub(super) enum Target {
    /// At most N times the time of the first side.
    AtMost(f64),
    /// The first side takes at least N times as long.
    Faster(f64),
    /// At most the time of the first side, and at most N megabytes.
    Lean(f64, u64),
}

const fn side(name: &'static str, program: Program, target: Option<Target>) -> Side {
    Side {
        name,
        program,
        target,
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "a typed call on loopback",
        machines: 10,
        latency: 0,
        work: Work::Calls(1000),
        runs: 31,
        sides: &[
            side(
                "bare reqwest",
                Program::Speed(&["bare", "call", "1000"]),
                None,
            ),
            side(
                "library",
                Program::Speed(&["ours", "call", "1000"]),
                Some(Target::AtMost(1.03)),
            ),
        ],
    },
    Case {
        name: "a page of 1,000 full machines decoded",
        machines: 1000,
        latency: 0,
        work: Work::Decodes(20),
        runs: 15,
        sides: &[
            side(
                "serde_json",
                Program::Speed(&["bare", "decode", "20"]),
                None,
            ),
            side(
                "library",
                Program::Speed(&["ours", "decode", "20"]),
                Some(Target::AtMost(1.0)),
            ),
        ],
    },
    Case {
        name: "a program that lists 200 machines as JSON",
        machines: 200,
        latency: 0,
        work: Work::Pages(1),
        runs: 31,
        sides: &[
            side("curl", Program::Curl, None),
            side(
                "citrix-cloud",
                Program::Cli(&["daas", "machines", "list", "--output", "json", "--catalog"]),
                Some(Target::AtMost(1.5)),
            ),
        ],
    },
    Case {
        name: "240 machines rebooted at 50 ms latency",
        machines: 240,
        latency: 50,
        work: Work::Reboots,
        runs: 5,
        sides: &[
            side("Python script", Program::Script, None),
            side("bare reqwest", Program::Speed(&["bare", "reboot"]), None),
            side(
                "library",
                Program::Speed(&["ours", "reboot"]),
                Some(Target::Faster(20.0)),
            ),
            side(
                "citrix-cloud",
                Program::Cli(&["daas", "reboot-idle", "--yes", "--catalog"]),
                Some(Target::Faster(20.0)),
            ),
        ],
    },
    Case {
        name: "100,000 machines listed in pages of 1,000",
        machines: 100_000,
        latency: 0,
        work: Work::Pages(100),
        runs: 5,
        sides: &[
            side("bare reqwest", Program::Speed(&["bare", "list"]), None),
            side(
                "library",
                Program::Speed(&["ours", "list"]),
                Some(Target::Lean(1.0, 100)),
            ),
        ],
    },
];
