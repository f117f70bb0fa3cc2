//! Metrics in the text format of Prometheus.

use std::fmt::Write as _;

/// The media type of the text.
pub(super) const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A gauge with a sample for each set of labels.
pub(super) struct Gauge {
    name: &'static str,
    help: &'static str,
    samples: Vec<(Vec<Label>, f64)>,
}

type Label = (&'static str, String);

impl Gauge {
    pub(super) fn new(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            help,
            samples: Vec::new(),
        }
    }

    /// Adds a value, if there is one.
    pub(super) fn value(mut self, value: impl Into<Option<f64>>) -> Self {
        let value: Option<f64> = value.into();
        self.samples.extend(value.map(|it| (Vec::new(), it)));
        self
    }

    /// Adds a value with labels.
    pub(super) fn labeled(mut self, labels: Vec<Label>, value: f64) -> Self {
        self.samples.push((labels, value));
        self
    }
}

/// Returns the text of all gauges that have a value.
pub(super) fn text<'a>(gauges: impl IntoIterator<Item = &'a Gauge>) -> String {
    let mut text = String::new();
    for gauge in gauges.into_iter().filter(|it| !it.samples.is_empty()) {
        let (name, help) = (gauge.name, escaped(gauge.help));
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
        for (labels, value) in &gauge.samples {
            let labels: Vec<String> = labels
                .iter()
                .map(|(label, of)| format!("{label}=\"{}\"", escaped(of).replace('"', "\\\"")))
                .collect();
            let labels = match labels.is_empty() {
                true => String::new(),
                false => format!("{{{}}}", labels.join(",")),
            };
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_and_gauges_without_a_value_left_out() {
        let gauges = [
            Gauge::new("a_seconds", "A \\ and\na \"quote\".").value(0.25),
            Gauge::new("b", "B.").value(None),
            Gauge::new("c", "C.")
                .labeled(
                    vec![("of", "x\"\\\ny".to_owned()), ("at", String::new())],
                    3.0,
                )
                .labeled(vec![("of", "z".to_owned())], f64::from(u32::MAX) * 1000.0),
        ];
        assert_eq!(
            text(&gauges),
            r#"# HELP a_seconds A \\ and\na "quote".
# TYPE a_seconds gauge
a_seconds 0.25
# HELP c C.
# TYPE c gauge
c{of="x\"\\\ny",at=""} 3
c{of="z"} 4294967295000
"#
        );
    }
}
