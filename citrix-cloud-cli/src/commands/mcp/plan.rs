//! Plans: requested changes that are not confirmed yet.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rmcp::model::JsonObject;
use serde_json::Value;
use tokio::time::Instant;
use uuid::Uuid;

use super::parameter::{Form, Parameter};
use super::tool::{Recipe, Tool, Work};
use crate::exit::Failure;
use crate::operations::Operation;

/// How long a plan can be confirmed.
pub(super) const VALID: Duration = Duration::from_secs(10 * 60);

/// The maximum number of pending plans; a new one replaces the oldest.
const MOST: usize = 100;

/// The name of the argument with a plan's id.
pub(super) const PLAN_ID: &str = "plan_id";

/// The exact change that will be made.
#[derive(Debug, Clone)]
pub(super) enum Intent {
    /// An action on these objects, each of which is skipped if the action no longer applies.
    Many {
        recipe: &'static Recipe,
        given: JsonObject,
        ids: Vec<String>,
    },
    /// One request.
    One {
        tool: &'static str,
        operation: &'static Operation,
        arguments: Vec<String>,
        body: Option<Value>,
    },
}

/// The pending plans.
#[derive(Debug, Default)]
pub(super) struct Plans(Mutex<HashMap<String, Waiting>>);

#[derive(Debug)]
enum Waiting {
    Until(Instant, Box<Intent>),
    Confirmed(Instant),
}

impl Plans {
    /// Stores a plan and returns its id.
    pub(super) fn keep(&self, intent: Intent) -> String {
        let id = Uuid::new_v4().to_string();
        let now = Instant::now();
        let mut plans = self.plans();
        // Expired plans are remembered for a while, so that the error can say so.
        plans.retain(|_, it| it.since() + VALID * 2 > now);
        if plans.len() >= MOST {
            let oldest = plans.iter().min_by_key(|(_, it)| it.since());
            if let Some(oldest) = oldest.map(|(id, _)| id.clone()) {
                plans.remove(&oldest);
            }
        }
        plans.insert(id.clone(), Waiting::Until(now + VALID, Box::new(intent)));
        id
    }

    /// Removes a plan, so that it runs only once.
    ///
    /// # Errors
    ///
    /// If there is no such plan, or it has expired or was already used.
    pub(super) fn take(&self, id: &str) -> Result<Intent, Failure> {
        let refused = |words: &str| {
            let failure = Failure::Usage(words.to_owned());
            Err(failure.advised("create a new plan and review it"))
        };
        let now = Instant::now();
        let mut plans = self.plans();
        match plans.remove(id) {
            None => refused("there is no such plan; nothing was changed"),
            Some(Waiting::Confirmed(at)) => {
                plans.insert(id.to_owned(), Waiting::Confirmed(at));
                refused("this plan was already confirmed, and a plan is carried out only once")
            }
            Some(Waiting::Until(end, _)) if end <= now => {
                refused("this plan has expired; nothing was changed")
            }
            Some(Waiting::Until(_, intent)) => {
                plans.insert(id.to_owned(), Waiting::Confirmed(now));
                Ok(*intent)
            }
        }
    }

    fn plans(&self) -> MutexGuard<'_, HashMap<String, Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn since(&self) -> Instant {
        match self {
            Self::Until(end, _) => *end,
            Self::Confirmed(at) => *at,
        }
    }
}

/// Returns the tool that runs a plan.
pub(super) fn confirming() -> Tool {
    let id = Parameter::new(PLAN_ID, Form::Text, "The plan_id of the plan.");
    Tool::own(
        "confirm_plan",
        "Carry out a plan",
        format!(
            "Carry out a plan that another tool returned. A plan can be confirmed once, within {} minutes, \
             and affects no other objects. Each object is checked again right before its request and \
             skipped if the plan no longer applies to it, for example because a machine is now in use. \
             Show the plan to the user first, and call this only after they approve it. The call returns \
             when every outcome is known, which can take minutes; if the client stops waiting, the work \
             continues, and the list tools show the result.",
            VALID.as_secs() / 60
        ),
        vec![id.required()],
        Work::Confirm,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations;

    fn intent() -> Intent {
        Intent::One {
            tool: "call_operation",
            operation: operations::by_words(&["daas", "tags", "delete"]).unwrap(),
            arguments: Vec::new(),
            body: None,
        }
    }

    fn refused(plans: &Plans, id: &str) -> String {
        plans.take(id).unwrap_err().to_string()
    }

    #[tokio::test(start_paused = true)]
    async fn a_plan_is_carried_out_once_and_for_a_time() {
        let plans = Plans::default();
        let (first, second) = (plans.keep(intent()), plans.keep(intent()));
        assert_ne!(first, second);
        tokio::time::advance(VALID - Duration::from_secs(1)).await;
        assert!(matches!(plans.take(&first), Ok(Intent::One { .. })));
        assert!(refused(&plans, &first).contains("already confirmed"));
        assert!(refused(&plans, &first).contains("already confirmed"));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(refused(&plans, &second).contains("expired"));
        assert!(refused(&plans, "nonsense").contains("no such plan"));
    }

    #[tokio::test(start_paused = true)]
    async fn unconfirmed_plans_expire() {
        let plans = Plans::default();
        let first = plans.keep(intent());
        for _ in 0..MOST {
            tokio::time::advance(Duration::from_millis(1)).await;
            plans.keep(intent());
        }
        assert_eq!(plans.plans().len(), MOST);
        assert!(refused(&plans, &first).contains("no such plan"));
        tokio::time::advance(VALID * 3).await;
        plans.keep(intent());
        assert_eq!(plans.plans().len(), 1);
    }
}
