//! The options for parsing YAML: as OpenAPI expects it, and for documents of any size.

use serde_saphyr::Options;

use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};

use crate::pipeline::limits::replayed;

/// How deeply values may be nested, because code that walks them recurses once per level.
const MOST_DEEP: usize = 512;

/// OpenAPI uses YAML 1.2, where only `true` and `false` are booleans: a power state is `On`.
///
/// The parser's default limits are meant for configuration files. A whole API has more nodes, and
/// its examples are nested more deeply. These limits still stop a document that is made to fill the
/// memory.
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

/// The options for other people's documents, in which keys may be repeated and numbers malformed.
pub(super) fn tolerant(max_nodes: usize) -> Options {
    let mut options = strict();
    options.alias_limits.max_total_replayed_events = replayed(max_nodes);
    if let Some(budget) = &mut options.budget {
        // Values and long texts are counted while they are read.
        budget.max_total_scalar_bytes = usize::MAX;
    }
    options.duplicate_keys = DuplicateKeyPolicy::PassThrough;
    options.leading_zero_numbers_as_strings = true;
    options.underscored_numbers_as_strings = true;
    options.non_finite_float_policy = NonFiniteFloatPolicy::AsString;
    options
}

/// Returns whether the parser gave up because aliases expand to too much.
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

/// Returns the parser's message without the leading word `error`.
pub(super) fn told(error: &serde_saphyr::Error) -> anyhow::Error {
    let text = error.to_string();
    // The scanner's message does not mention the limit, and there is no error type to check.
    if text.contains("recursion limit exceeded") {
        let line = error.location().map_or(0, |location| location.line());
        return anyhow::anyhow!(
            "line {line}: values lie deeper than {MOST_DEEP} levels within one another; move what \
             lies there to `components` and refer to it"
        );
    }
    anyhow::anyhow!("{}", text.trim_start_matches("error: "))
}
