//! Error numbers, the 77 of preview1 in their order.

/// Declares the enum, its names and the host's counterparts from one list.
macro_rules! errnos {
    ($($(#[doc = $doc:literal])+ $variant:ident = $number:literal $name:literal $(host $host:ident)?;)*) => {
        /// What a WASI function answers. `u16` in memory, `i32` as a result.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub enum Errno {
            $($(#[doc = $doc])+ $variant = $number,)*
        }

        impl Errno {
            /// Every error number, in order: index and number are the same.
            pub const ALL: &'static [Errno] = &[$(Errno::$variant),*];

            /// What it means, in a sentence.
            pub fn doc(self) -> &'static str {
                match self {
                    $(Errno::$variant => concat!($($doc),+),)*
                }
            }

            /// The name as witx has it, in capitals: `BADF`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Errno::$variant => $name,)*
                }
            }
        }

        impl From<rustix::io::Errno> for Errno {
            fn from(host: rustix::io::Errno) -> Self {
                $($(if host == rustix::io::Errno::$host {
                    return Errno::$variant;
                })?)*
                // Two names of one number on most hosts, hence not in the list.
                if host == rustix::io::Errno::OPNOTSUPP {
                    return Errno::Notsup;
                }
                // What the host says beyond WASI's list.
                Errno::Io
            }
        }
    };
}

errnos! {
    /// No error.
    Success = 0 "SUCCESS";
    /// Argument list too long, or a count beyond what the host accepts.
    TooBig = 1 "2BIG" host TOOBIG;
    /// Permission denied.
    Acces = 2 "ACCES" host ACCESS;
    /// Address in use.
    Addrinuse = 3 "ADDRINUSE" host ADDRINUSE;
    /// Address not available.
    Addrnotavail = 4 "ADDRNOTAVAIL" host ADDRNOTAVAIL;
    /// Address family not supported.
    Afnosupport = 5 "AFNOSUPPORT" host AFNOSUPPORT;
    /// The call would block.
    Again = 6 "AGAIN" host AGAIN;
    /// Connection already in progress.
    Already = 7 "ALREADY" host ALREADY;
    /// Not an open descriptor, or not open for this.
    Badf = 8 "BADF" host BADF;
    /// Bad message.
    Badmsg = 9 "BADMSG" host BADMSG;
    /// Device or resource busy.
    Busy = 10 "BUSY" host BUSY;
    /// Operation canceled.
    Canceled = 11 "CANCELED" host CANCELED;
    /// No child processes.
    Child = 12 "CHILD" host CHILD;
    /// Connection aborted.
    Connaborted = 13 "CONNABORTED" host CONNABORTED;
    /// Connection refused.
    Connrefused = 14 "CONNREFUSED" host CONNREFUSED;
    /// Connection reset.
    Connreset = 15 "CONNRESET" host CONNRESET;
    /// Resource deadlock.
    Deadlk = 16 "DEADLK" host DEADLK;
    /// Destination address required.
    Destaddrreq = 17 "DESTADDRREQ" host DESTADDRREQ;
    /// Argument out of domain.
    Dom = 18 "DOM" host DOM;
    /// Quota exceeded.
    Dquot = 19 "DQUOT" host DQUOT;
    /// File exists.
    Exist = 20 "EXIST" host EXIST;
    /// A guest address outside its memory.
    Fault = 21 "FAULT" host FAULT;
    /// File too large.
    Fbig = 22 "FBIG" host FBIG;
    /// Host unreachable.
    Hostunreach = 23 "HOSTUNREACH" host HOSTUNREACH;
    /// Identifier removed.
    Idrm = 24 "IDRM" host IDRM;
    /// Not valid UTF-8.
    Ilseq = 25 "ILSEQ" host ILSEQ;
    /// Operation in progress.
    InProgress = 26 "INPROGRESS" host INPROGRESS;
    /// Interrupted call.
    Intr = 27 "INTR" host INTR;
    /// Invalid argument.
    Inval = 28 "INVAL" host INVAL;
    /// I/O error.
    Io = 29 "IO" host IO;
    /// Socket is connected.
    Isconn = 30 "ISCONN" host ISCONN;
    /// Is a directory.
    Isdir = 31 "ISDIR" host ISDIR;
    /// Too many symbolic links, or a link where none may be followed.
    Loop = 32 "LOOP" host LOOP;
    /// Too many open descriptors in this guest.
    Mfile = 33 "MFILE" host MFILE;
    /// Too many links.
    Mlink = 34 "MLINK" host MLINK;
    /// Message too large.
    Msgsize = 35 "MSGSIZE" host MSGSIZE;
    /// Reserved.
    Multihop = 36 "MULTIHOP" host MULTIHOP;
    /// Name too long.
    Nametoolong = 37 "NAMETOOLONG" host NAMETOOLONG;
    /// Network is down.
    Netdown = 38 "NETDOWN" host NETDOWN;
    /// Connection aborted by network.
    Netreset = 39 "NETRESET" host NETRESET;
    /// Network unreachable.
    Netunreach = 40 "NETUNREACH" host NETUNREACH;
    /// Too many open files in the host.
    Nfile = 41 "NFILE" host NFILE;
    /// No buffer space.
    Nobufs = 42 "NOBUFS" host NOBUFS;
    /// No such device.
    Nodev = 43 "NODEV" host NODEV;
    /// No such file or directory.
    Noent = 44 "NOENT" host NOENT;
    /// Not executable.
    Noexec = 45 "NOEXEC" host NOEXEC;
    /// No locks available.
    Nolck = 46 "NOLCK" host NOLCK;
    /// Reserved.
    Nolink = 47 "NOLINK" host NOLINK;
    /// Out of memory.
    Nomem = 48 "NOMEM" host NOMEM;
    /// No such message.
    Nomsg = 49 "NOMSG" host NOMSG;
    /// Protocol not available.
    Noprotoopt = 50 "NOPROTOOPT" host NOPROTOOPT;
    /// No space left.
    Nospc = 51 "NOSPC" host NOSPC;
    /// Function not supported.
    Nosys = 52 "NOSYS" host NOSYS;
    /// Socket not connected.
    Notconn = 53 "NOTCONN" host NOTCONN;
    /// Not a directory.
    Notdir = 54 "NOTDIR" host NOTDIR;
    /// Directory not empty.
    Notempty = 55 "NOTEMPTY" host NOTEMPTY;
    /// State not recoverable.
    Notrecoverable = 56 "NOTRECOVERABLE" host NOTRECOVERABLE;
    /// Not a socket.
    Notsock = 57 "NOTSOCK" host NOTSOCK;
    /// Not supported by this object.
    Notsup = 58 "NOTSUP" host NOTSUP;
    /// Inappropriate ioctl.
    Notty = 59 "NOTTY" host NOTTY;
    /// No such device or address.
    Nxio = 60 "NXIO" host NXIO;
    /// Value too large.
    Overflow = 61 "OVERFLOW" host OVERFLOW;
    /// Previous owner died.
    Ownerdead = 62 "OWNERDEAD" host OWNERDEAD;
    /// Operation not permitted; a path that leaves its directory.
    Perm = 63 "PERM" host PERM;
    /// Nobody reads the other end.
    Pipe = 64 "PIPE" host PIPE;
    /// Protocol error.
    Proto = 65 "PROTO" host PROTO;
    /// Protocol not supported.
    Protonosupport = 66 "PROTONOSUPPORT" host PROTONOSUPPORT;
    /// Wrong protocol type.
    Prototype = 67 "PROTOTYPE" host PROTOTYPE;
    /// Result too large.
    Range = 68 "RANGE" host RANGE;
    /// Read-only file system.
    Rofs = 69 "ROFS" host ROFS;
    /// Not seekable.
    Spipe = 70 "SPIPE" host SPIPE;
    /// No such process.
    Srch = 71 "SRCH" host SRCH;
    /// Stale file handle.
    Stale = 72 "STALE" host STALE;
    /// Timed out.
    Timedout = 73 "TIMEDOUT" host TIMEDOUT;
    /// Text file busy.
    Txtbsy = 74 "TXTBSY" host TXTBSY;
    /// Cross-device link.
    Xdev = 75 "XDEV" host XDEV;
    /// A right is missing.
    Notcapable = 76 "NOTCAPABLE";
}

impl Errno {
    /// The number a guest sees.
    pub fn number(self) -> u32 {
        self as u32
    }

    /// The error of that number.
    pub fn from_number(number: u32) -> Option<Errno> {
        Errno::ALL.get(number as usize).copied()
    }
}

impl std::fmt::Display for Errno {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl From<fossor_host::OutOfBounds> for Errno {
    fn from(_: fossor_host::OutOfBounds) -> Self {
        Errno::Fault
    }
}

impl From<std::io::Error> for Errno {
    fn from(error: std::io::Error) -> Self {
        match error.raw_os_error() {
            Some(raw) => rustix::io::Errno::from_raw_os_error(raw).into(),
            None => Errno::Io,
        }
    }
}
