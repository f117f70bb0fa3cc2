//! Signals: those that shut the emulator down, and those that are passed on to the program it runs.

pub(super) use system::{StopRequest, catch};

#[cfg(unix)]
mod system {
    use std::io;
    use std::process::{Child, ExitStatus};
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
    use std::thread;

    use rustix::io::Errno;
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
    use signal_hook::iterator::SignalsInfo;
    use signal_hook::iterator::exfiltrator::WithOrigin;
    use signal_hook::low_level::siginfo::Cause;
    use tokio::signal::unix::{self, SignalKind};

    /// Waits for Ctrl-C and other requests to stop, from the moment this is created.
    pub(crate) struct StopRequest([unix::Signal; 3]);

    impl StopRequest {
        pub(crate) fn new() -> io::Result<Self> {
            Ok(Self([
                unix::signal(SignalKind::interrupt())?,
                unix::signal(SignalKind::terminate())?,
                unix::signal(SignalKind::hangup())?,
            ]))
        }

        pub(crate) async fn wait(self) {
            let [mut interrupt, mut terminate, mut hangup] = self.0;
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
        }
    }

    /// Caught signals that wait for a program.
    pub(crate) struct Caught(SignalsInfo<WithOrigin>);

    /// Catches signals that would end or control a program.
    pub(crate) fn catch() -> io::Result<Caught> {
        let all = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2];
        let ignored = ignored();
        // Signals that were ignored at the start, as under `nohup`, stay ignored for the program.
        let wanted = all
            .iter()
            .filter(|signal| ignored >> (*signal - 1) & 1 == 0);
        Ok(Caught(SignalsInfo::new(wanted)?))
    }

    impl Caught {
        /// Passes signals on to a program until it exits, and returns its status.
        pub(crate) fn pass_to(self, mut child: Child) -> io::Result<ExitStatus> {
            let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
            let id = id.ok_or_else(|| io::Error::other("the program has no process id"))?;
            let running = Arc::new(Mutex::new(Some(id)));
            let to = Arc::clone(&running);
            let mut signals = self.0;
            thread::spawn(move || {
                for origin in &mut signals {
                    // The terminal sends Ctrl-C to the program as well, so it must not get it twice.
                    let from_terminal = matches!(origin.cause, Cause::Kernel);
                    let signal = Signal::from_named_raw(origin.signal);
                    if let (false, Some(id), Some(signal)) = (from_terminal, *lock(&to), signal) {
                        // If this fails, the program has already exited.
                        let _ = kill_process(id, signal);
                    }
                }
            });
            // Until the second wait, the process id cannot be reused, so no other process can get the signal.
            let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            while matches!(waitid(WaitId::Pid(id), ended), Err(Errno::INTR)) {}
            *lock(&running) = None;
            child.wait()
        }
    }

    fn lock(running: &Mutex<Option<Pid>>) -> MutexGuard<'_, Option<Pid>> {
        running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a bit mask of the ignored signals; empty if the system does not report them.
    fn ignored() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        mask.unwrap_or_default()
    }
}

#[cfg(not(unix))]
mod system {
    use std::io;
    use std::process::{Child, ExitStatus};

    /// Waits for Ctrl-C.
    pub(crate) struct StopRequest;

    impl StopRequest {
        pub(crate) fn new() -> io::Result<Self> {
            Ok(Self)
        }

        pub(crate) async fn wait(self) {
            if let Err(error) = tokio::signal::ctrl_c().await {
                tracing::error!(%error, "cannot notice Ctrl-C");
            }
        }
    }

    /// Ctrl-C reaches every program of a console.
    pub(crate) struct Caught;

    pub(crate) fn catch() -> io::Result<Caught> {
        Ok(Caught)
    }

    impl Caught {
        pub(crate) fn pass_to(self, mut child: Child) -> io::Result<ExitStatus> {
            child.wait()
        }
    }
}
