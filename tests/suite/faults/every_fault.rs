//! Every fault of the emulator that affects one request, and what the client can know afterwards.

use std::time::Duration;

use citrix_cloud_emulator::faults::{Fault, FaultKind, Latency, RateLimit, RetryDelay, Shape};

/// What a fault reveals about the request that it affects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaves {
    /// It got a response nevertheless.
    Success,
    /// It was rejected, and nothing ran.
    Refusal,
    /// It is unknown to the client, but nothing ran.
    DoubtAndNothing,
    /// It is unknown to the client, but it ran.
    DoubtAndDeed,
    /// It ran and the status was a success, but the body was lost or damaged.
    SpoiltBody,
    /// An error that a retry would repeat.
    Error,
    /// A redirect by a gateway, before anything ran.
    RedirectAndNothing,
    /// A redirect, after it ran.
    RedirectAndDeed,
}

pub(super) fn faults() -> Vec<(Leaves, Fault)> {
    use Leaves::{
        DoubtAndDeed, DoubtAndNothing, Error, RedirectAndDeed, RedirectAndNothing, Refusal,
        SpoiltBody, Success,
    };
    let mut faults = Vec::new();
    let mut add = |leaves, kind: FaultKind| faults.push((leaves, Fault::new(kind).times(1)));
    add(
        Success,
        FaultKind::Latency(Latency::Fixed(Duration::from_secs(20))),
    );
    add(
        Success,
        FaultKind::Latency(Latency::LogNormal {
            median: Duration::from_secs(1),
            sigma: 0.5,
        }),
    );
    add(Success, FaultKind::SlowBody(Duration::from_secs(30)));
    add(
        Success,
        FaultKind::WrongContentType("text/plain".to_owned()),
    );
    add(Success, FaultKind::HexEscapes);
    add(Success, FaultKind::RateLimit(RateLimit::per_second(1.0)));
    let shapes = [
        Shape::NameValue,
        Shape::KeyValue,
        Shape::Map,
        Shape::Bare,
        Shape::Maps,
    ];
    let parameters = shapes.map(|shape| RetryDelay::Parameters { seconds: 5, shape });
    for delay in [
        RetryDelay::None,
        RetryDelay::Seconds(5),
        RetryDelay::HttpDate(5),
        RetryDelay::Rfc3339(5),
        RetryDelay::Message(5),
    ]
    .into_iter()
    .chain(parameters)
    {
        add(Refusal, FaultKind::throttled(delay));
        if delay != RetryDelay::None {
            for status in [408, 425, 503] {
                add(Refusal, FaultKind::RetryLater { status, delay });
            }
        }
    }
    add(Refusal, FaultKind::ExpiredToken);
    add(
        Error,
        FaultKind::Redirect {
            host: "api-eu.cloud.com".to_owned(),
            location: true,
        },
    );
    for status in [400, 403, 404, 409, 501] {
        add(Error, FaultKind::Status(status));
    }
    for (leaves, acted) in [(RedirectAndNothing, false), (RedirectAndDeed, true)] {
        for status in [301, 302, 303, 308] {
            let fault = Fault::new(FaultKind::Status(status)).times(1);
            let fault = if acted { fault.after_acting() } else { fault };
            faults.push((leaves, fault));
        }
    }
    let mut add = |leaves, kind: FaultKind| faults.push((leaves, Fault::new(kind).times(1)));
    let doubtful = || {
        let statuses = [500, 502, 503, 504, 530];
        let mut kinds: Vec<FaultKind> = statuses.map(FaultKind::Status).into();
        kinds.extend([500, 502, 504].map(FaultKind::Html));
        kinds.extend([502, 503].map(FaultKind::Text));
        kinds.extend([500, 502].map(FaultKind::Empty));
        kinds.extend([FaultKind::Close, FaultKind::Reset]);
        kinds
    };
    for kind in doubtful() {
        add(DoubtAndNothing, kind);
    }
    for kind in [
        FaultKind::CloseInBody,
        FaultKind::ResetInBody,
        FaultKind::TruncatedJson,
    ] {
        add(SpoiltBody, kind);
    }
    for kind in doubtful() {
        faults.push((DoubtAndDeed, Fault::new(kind).times(1).after_acting()));
    }
    faults
}
