//! `exec --isolated`: a network namespace with nothing in it but this program and its children.

pub(super) use system::enter;

#[cfg(target_os = "linux")]
mod system {
    use std::fs;
    use std::io;
    use std::os::fd::AsRawFd;

    use nix::errno::Errno;
    use nix::sched::{CloneFlags, unshare};
    use nix::sys::socket::{
        AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv, sendto,
        socket,
    };
    use nix::unistd::{getegid, geteuid};

    /// Moves this process into an empty network namespace.
    ///
    /// This must happen before the first thread is started: the kernel lets only a single-threaded process enter
    /// another user namespace.
    ///
    /// # Errors
    ///
    /// Fails if the system does not allow namespaces.
    pub(crate) fn enter() -> io::Result<()> {
        let (user, group) = (geteuid(), getegid());
        unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET).map_err(|error| {
            let what = "this system allows no namespaces for users and networks";
            refused(what, &io::Error::from(error))
        })?;
        // User and group ids stay the same, so that files look as before.
        let mapped = fs::write("/proc/self/setgroups", "deny")
            .and_then(|()| fs::write("/proc/self/uid_map", format!("{user} {user} 1")))
            .and_then(|()| fs::write("/proc/self/gid_map", format!("{group} {group} 1")));
        mapped.map_err(|error| refused("the user has no name in the namespace", &error))?;
        raise_loopback().map_err(|error| refused("the loopback interface stays down", &error))
    }

    fn refused(what: &str, error: &io::Error) -> io::Error {
        let message = format!(
            "cannot isolate: {what} ({error}); allow user namespaces, or leave out --isolated"
        );
        io::Error::new(error.kind(), message)
    }

    /// Does `ip link set lo up` through netlink, because the `ip` program is not installed everywhere.
    fn raise_loopback() -> io::Result<()> {
        const NEW_LINK: u16 = 16;
        const REQUEST_AND_REPLY: u16 = 1 | 4;
        /// The position of the error number in a reply; it is negative.
        const ERROR: std::ops::Range<usize> = 16..20;
        let mut message = Vec::new();
        message.extend(32_u32.to_ne_bytes()); // length
        message.extend(NEW_LINK.to_ne_bytes());
        message.extend(REQUEST_AND_REPLY.to_ne_bytes());
        message.extend([0; 8]); // sequence and sender
        message.extend([0; 4]); // family and type
        message.extend(1_i32.to_ne_bytes()); // the first interface of a network is its loopback
        message.extend(1_u32.to_ne_bytes()); // what is to be: up
        message.extend(1_u32.to_ne_bytes()); // what of that counts
        let kernel = socket(
            AddressFamily::Netlink,
            SockType::Raw,
            SockFlag::SOCK_CLOEXEC,
            SockProtocol::NetlinkRoute,
        )?;
        let descriptor = kernel.as_raw_fd();
        sendto(
            descriptor,
            &message,
            &NetlinkAddr::new(0, 0),
            MsgFlags::empty(),
        )?;
        let mut response = [0; 128];
        let length = recv(descriptor, &mut response, MsgFlags::empty())?;
        let error = response[..length]
            .get(ERROR)
            .and_then(|it| <[u8; 4]>::try_from(it).ok())
            .map(i32::from_ne_bytes);
        match error {
            Some(0) => Ok(()),
            Some(error) => Err(Errno::from_raw(-error).into()),
            None => Err(io::Error::other("the kernel's reply is cut off")),
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::io;

    pub(crate) fn enter() -> io::Result<()> {
        let message = "cannot isolate: --isolated needs Linux";
        Err(io::Error::new(io::ErrorKind::Unsupported, message))
    }
}
