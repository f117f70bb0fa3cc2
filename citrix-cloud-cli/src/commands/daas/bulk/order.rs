//! Outcomes in the order of the plan.

use std::collections::{BTreeMap, HashMap, VecDeque};

use citrix_cloud::bulk::{Plan, Report};

/// Hands reports on in the plan's order, each as soon as those before it are there.
#[derive(Debug)]
pub(crate) struct PlanOrder {
    /// Places by id; objects without an id have one in common.
    places: HashMap<String, VecDeque<usize>>,
    waiting: BTreeMap<usize, Report>,
    next: usize,
    /// The place of the next one that is not in the plan.
    beyond: usize,
}

impl PlanOrder {
    pub(crate) fn of(plan: &Plan) -> Self {
        let mut places: HashMap<String, VecDeque<usize>> = HashMap::new();
        for (place, step) in plan.steps().iter().enumerate() {
            places.entry(step.id.clone()).or_default().push_back(place);
        }
        Self {
            places,
            waiting: BTreeMap::new(),
            next: 0,
            beyond: plan.steps().len(),
        }
    }

    /// Takes a report, and gives those whose turn it is.
    pub(crate) fn take(&mut self, report: Report) -> Vec<Report> {
        let place = self.places.get_mut(&report.id);
        let place = place.and_then(VecDeque::pop_front).unwrap_or_else(|| {
            self.beyond += 1;
            self.beyond - 1
        });
        self.waiting.insert(place, report);
        let mut ready = Vec::new();
        while let Some(report) = self.waiting.remove(&self.next) {
            ready.push(report);
            self.next += 1;
        }
        ready
    }

    /// Those that wait for one that never came.
    pub(crate) fn rest(&mut self) -> Vec<Report> {
        std::mem::take(&mut self.waiting).into_values().collect()
    }
}
