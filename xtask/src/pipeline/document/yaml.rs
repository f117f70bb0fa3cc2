//! How YAML is read: as OpenAPI means it, and documents of any size.

use serde_saphyr::Options;

use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};

use crate::pipeline::limits::replayed;

/// How deep values may lie within one another: what walks them calls itself for each level.
const MOST_DEEP: usize = 512;

/// OpenAPI uses YAML 1.2, where only `true` and `false` are booleans: a power state is `On`.
///
/// The parser's own limits are made for configuration files; a whole API has more nodes, and its
/// examples lie deeper. These still stop a document that only means to fill the memory.
pub(super) fn strict() -> Options {
    serde_saphyr::options! {
        strict_booleans: true,
        budget: serde_saphyr::budget! {
            simple_key_max_lookahead: 16_384,
            flow_nesting_limit: MOST_DEEP,
            max_buffered_comment_events: 100_000,
            max_events: 50_000_000,
            max_aliases: 1_000_000,
            max_anchors: 1_000_000,
            max_recorded_anchor_events: 50_000_000,
            max_depth: MOST_DEEP,
            max_nodes: 20_000_000,
            max_merge_keys: 1_000_000,
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 20_000_000,
        },
    }
}

/// The same for documents of others: a key may stand twice, and numbers may be none.
pub(super) fn tolerant(max_nodes: usize) -> Options {
    let mut options = strict();
    options.alias_limits.max_total_replayed_events = replayed(max_nodes);
    if let Some(budget) = &mut options.budget {
        // Values are counted as they come, and long texts with them.
        budget.max_total_scalar_bytes = usize::MAX;
    }
    options.duplicate_keys = DuplicateKeyPolicy::PassThrough;
    options.leading_zero_numbers_as_strings = true;
    options.underscored_numbers_as_strings = true;
    options.non_finite_float_policy = NonFiniteFloatPolicy::AsString;
    options
}

/// Whether the parser gave up because aliases stand for too much.
pub(super) fn is_too_much(error: &serde_saphyr::Error) -> bool {
    use serde_saphyr::Error;
    let mut error = error.without_snippet();
    while let Error::AliasError { error: inner, .. } = error {
        error = inner.without_snippet();
    }
    matches!(
        error,
        Error::AliasReplayCounterOverflow { .. }
            | Error::AliasReplayLimitExceeded { .. }
            | Error::AliasExpansionLimitExceeded { .. }
            | Error::AliasReplayStackDepthExceeded { .. }
    )
}

/// What the parser says, without the word `error` in front.
pub(super) fn told(error: &serde_saphyr::Error) -> anyhow::Error {
    let text = error.to_string();
    // The scanner's words name no limit, and it has no type for this that could be asked.
    if text.contains("recursion limit exceeded") {
        let line = error.location().map_or(0, |location| location.line());
        return anyhow::anyhow!(
            "line {line}: values lie deeper than {MOST_DEEP} levels within one another; move what \
             lies there to `components` and refer to it"
        );
    }
    anyhow::anyhow!("{}", text.trim_start_matches("error: "))
}
