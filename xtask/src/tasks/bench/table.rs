//! The table, and its place in the page.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::cases::{Case, Side, Target};
use super::program::Sample;

const HEAD: &str =
    "| work | by | runs | median | range | ratio | target | |\n|---|---|---|---|---|---|---|---|\n";
const BEGIN: &str = "<!-- cargo xtask bench: begin -->\n";
const END: &str = "<!-- cargo xtask bench: end -->\n";

/// Returns the rows of a case: times, and ratios to the first side.
pub(super) fn rows(case: &Case, samples: &[Vec<Sample>]) -> Result<String> {
    let times = |samples: &[Sample]| samples.iter().map(|it| it.milliseconds).collect::<Vec<_>>();
    let first = samples.first().context("a case has sides")?;
    let base = median(&times(first)).context("a side has runs")?;
    let mut rows = String::new();
    for (side, samples) in case.sides.iter().zip(samples) {
        let times = times(samples);
        let median = median(&times).context("a side has runs")?;
        let least = times.iter().copied().fold(f64::INFINITY, f64::min);
        let most = times.iter().copied().fold(0.0, f64::max);
        let memory = samples.iter().filter_map(|it| it.megabytes).max();
        let ratio = median / base;
        let (wanted, verdict) = side.target.map_or_else(Default::default, |target| {
            (wanted(target), verdict(target, ratio, memory))
        });
        let mut ratio = match side.target {
            Some(Target::Faster(_)) => format!("1/{:.1}", 1.0 / ratio),
            _ => format!("{ratio:.3}"),
        };
        let lean = |side: &Side| matches!(side.target, Some(Target::Lean(..)));
        if let Some(memory) = memory.filter(|_| case.sides.iter().any(lean)) {
            write!(ratio, ", {memory} MB")?;
        }
        writeln!(
            rows,
            "| {} | {} | {} | {} | {} to {} | {ratio} | {wanted} | {verdict} |",
            case.name,
            side.name,
            times.len(),
            told(median),
            told(least),
            told(most),
        )?;
    }
    Ok(rows)
}

fn wanted(target: Target) -> String {
    match target {
        Target::AtMost(most) => format!("{most}"),
        Target::Faster(times) => format!("1/{times}"),
        Target::Lean(most, megabytes) => format!("{most}, {megabytes} MB"),
    }
}

/// Returns whether the target is met, or by how much it is missed.
fn verdict(target: Target, ratio: f64, memory: Option<u64>) -> String {
    let missed = |much: f64| match much > 0.0 {
        true => format!("missed by {:.1} %", much * 100.0),
        false => "met".to_owned(),
    };
    match target {
        Target::AtMost(most) => missed(ratio / most - 1.0),
        Target::Faster(times) => missed(ratio * times - 1.0),
        Target::Lean(most, megabytes) => match memory {
            Some(held) if held > megabytes => format!("missed by {} MB", held - megabytes),
            _ => missed(ratio / most - 1.0),
        },
    }
}

fn told(milliseconds: f64) -> String {
    match milliseconds {
        slow if slow >= 1000.0 => format!("{:.2} s", slow / 1000.0),
        fast if fast < 1.0 => format!("{:.0} µs", fast * 1000.0),
        middle => format!("{middle:.1} ms"),
    }
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (sorted.len().checked_sub(1)? / 2, sorted.len() / 2);
    Some((sorted.get(low)? + sorted.get(high)?) / 2.0)
}

/// Replaces the table in the page.
pub(super) fn write(page: &Path, rows: &str) -> Result<()> {
    let old = fs::read_to_string(page).with_context(|| page.display().to_string())?;
    let new = replaced(&old, rows)
        .with_context(|| format!("{} has no place for the table", page.display()))?;
    fs::write(page, new).with_context(|| page.display().to_string())
}

fn replaced(page: &str, rows: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{HEAD}{rows}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_between_the_two_middle_ones() {
        assert_eq!(median(&[9.0, 1.0, 5.0]), Some(5.0));
        assert_eq!(median(&[9.0, 1.0, 5.0, 2.0]), Some(3.5));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn a_target_that_is_missed_says_by_how_much() {
        assert_eq!(verdict(Target::AtMost(1.5), 1.5, None), "met");
        assert_eq!(verdict(Target::AtMost(1.0), 1.1, None), "missed by 10.0 %");
        assert_eq!(verdict(Target::Faster(20.0), 1.0 / 25.0, None), "met");
        assert_eq!(
            verdict(Target::Faster(20.0), 0.1, None),
            "missed by 100.0 %"
        );
        let lean = Target::Lean(1.0, 100);
        assert_eq!(verdict(lean, 0.5, Some(99)), "met");
        assert_eq!(verdict(lean, 0.5, Some(140)), "missed by 40 MB");
        assert_eq!(verdict(lean, 1.25, Some(99)), "missed by 25.0 %");
    }

    #[test]
    fn only_the_table_of_the_page_changes() {
        let page = format!("before\n{BEGIN}old\n{END}after\n");
        let new = replaced(&page, "| row |\n").expect("there is a place");
        assert_eq!(
            new,
            format!("before\n{BEGIN}\n{HEAD}| row |\n\n{END}after\n")
        );
        assert_eq!(replaced("no place", ""), None);
    }
}
