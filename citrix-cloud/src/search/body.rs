//! Converts filters into the bodies of searches.

use super::{Filter, Node, Property};
use crate::models;

/// A group of conditions and groups, in one of the forms that searches use.
struct Group<P> {
    any: bool,
    conditions: Vec<super::Condition<P>>,
    groups: Vec<Node<P>>,
}

impl<P> Group<P> {
    fn of(node: Node<P>) -> Self {
        let (any, nodes) = match node {
            Node::Is(condition) => (false, vec![Node::Is(condition)]),
            Node::All(nodes) => (false, nodes),
            Node::Any(nodes) => (true, nodes),
        };
        let (mut conditions, mut groups) = (Vec::new(), Vec::new());
        for node in nodes {
            match node {
                Node::Is(condition) => conditions.push(condition),
                group => groups.push(group),
            }
        }
        Self {
            any,
            conditions,
            groups,
        }
    }

    /// Moves conditions out of groups that also contain groups, because the service joins the two
    /// by *and*, whatever joins the conditions and whatever joins the groups.
    fn apart(mut self) -> Self {
        if self.any && !self.groups.is_empty() && !self.conditions.is_empty() {
            let conditions = std::mem::take(&mut self.conditions);
            let conditions = conditions.into_iter().map(Node::Is).collect();
            self.groups.insert(0, Node::Any(conditions));
        }
        self
    }

    /// Does the same for the search itself, whose conditions are joined by *and*.
    fn all_at_the_top(mut self) -> Self {
        if self.any && !self.conditions.is_empty() {
            let conditions = self.conditions.drain(..).map(Node::Is).collect();
            self.groups.insert(0, Node::Any(conditions));
        }
        self
    }
}

fn joined(any: bool) -> &'static str {
    if any { "Or" } else { "And" }
}

macro_rules! property {
    ($($(#[$gate:meta])? $property:ident,)+) => {
        $($(#[$gate])?
        impl Property for models::$property {
            const NAMES: &'static [&'static str] = models::$property::KNOWN;
        })+
    };
}

property! {
    MachineAndSessionSearchProperty,
    CatalogSearchProperty,
    #[cfg(feature = "daas-applications")]
    AppSearchProperty,
    #[cfg(feature = "daas-delivery-groups")]
    DeliveryGroupSearchProperty,
    #[cfg(feature = "daas-admin")]
    LogOperationSearchProperty,
    #[cfg(feature = "daas-images")]
    MaintenanceCycleSearchProperty,
    #[cfg(feature = "daas-images")]
    MaintenanceCycleVmOperationJobSearchProperty,
}

/// Implements groups for searches that specify separately how conditions and groups are joined.
macro_rules! group {
    ($($(#[$gate:meta])? $property:ident, $filter:ident, $group:ident;)+) => {
        $($(#[$gate])?
        impl From<super::Condition<models::$property>> for models::$filter {
            fn from(condition: super::Condition<models::$property>) -> Self {
                Self::new(condition.operator(), condition.property).value(condition.value)
            }
        }

        $(#[$gate])?
        impl From<Node<models::$property>> for models::$group {
            fn from(node: Node<models::$property>) -> Self {
                let group = Group::of(node).apart();
                let mut body = Self::new();
                if !group.conditions.is_empty() {
                    let conditions = group.conditions.into_iter();
                    body = body
                        .search_filter_group_type(joined(group.any))
                        .search_filters(conditions.map(models::$filter::from));
                }
                if !group.groups.is_empty() {
                    body = body
                        .search_filter_groups_type(joined(group.any))
                        .search_filter_groups(group.groups.into_iter().map(Self::from));
                }
                body
            }
        })+
    };
}

group! {
    MachineAndSessionSearchProperty, MachineAndSessionSearchFilter,
        MachineAndSessionSearchFilterGroup;
    CatalogSearchProperty, CatalogSearchFilter, CatalogSearchFilterGroup;
    #[cfg(feature = "daas-applications")]
    AppSearchProperty, AppSearchFilter, AppSearchFilterGroup;
    #[cfg(feature = "daas-delivery-groups")]
    DeliveryGroupSearchProperty, DeliveryGroupSearchFilter, DeliveryGroupSearchFilterGroup;
    #[cfg(feature = "daas-images")]
    MaintenanceCycleSearchProperty, MaintenanceCycleSearchFilter,
        MaintenanceCycleSearchFilterGroups;
    #[cfg(feature = "daas-images")]
    MaintenanceCycleVmOperationJobSearchProperty, MaintenanceCycleVmOperationJobSearchFilter,
        MaintenanceCycleVmOperationJobSearchFilterGroups;
}

/// Implements searches that consist of such groups.
macro_rules! search {
    ($($(#[$gate:meta])? $property:ident, $filter:ident, $group:ident => $search:ident;)+) => {
        $($(#[$gate])?
        impl From<Filter<models::$property>> for models::$search {
            fn from(filter: Filter<models::$property>) -> Self {
                let group = Group::of(filter.0).all_at_the_top();
                let mut body = Self::new();
                if !group.conditions.is_empty() {
                    let conditions = group.conditions.into_iter();
                    body = body.search_filters(conditions.map(models::$filter::from));
                }
                if !group.groups.is_empty() {
                    let groups = group.groups.into_iter();
                    body = body
                        .search_filter_groups_type(joined(group.any))
                        .search_filter_groups(groups.map(models::$group::from));
                }
                body
            }
        })+
    };
}

search! {
    MachineAndSessionSearchProperty, MachineAndSessionSearchFilter,
        MachineAndSessionSearchFilterGroup => MachineAndSessionSearch;
    CatalogSearchProperty, CatalogSearchFilter, CatalogSearchFilterGroup => CatalogSearch;
    #[cfg(feature = "daas-applications")]
    AppSearchProperty, AppSearchFilter, AppSearchFilterGroup => ApplicationSearch;
    #[cfg(feature = "daas-applications")]
    AppSearchProperty, AppSearchFilter, AppSearchFilterGroup => ApplicationGroupSearch;
    #[cfg(feature = "daas-delivery-groups")]
    DeliveryGroupSearchProperty, DeliveryGroupSearchFilter, DeliveryGroupSearchFilterGroup
        => DeliveryGroupSearch;
    #[cfg(feature = "daas-images")]
    MaintenanceCycleSearchProperty, MaintenanceCycleSearchFilter,
        MaintenanceCycleSearchFilterGroups => MaintenanceCycleSearch;
    #[cfg(feature = "daas-images")]
    MaintenanceCycleVmOperationJobSearchProperty, MaintenanceCycleVmOperationJobSearchFilter,
        MaintenanceCycleVmOperationJobSearchFilterGroups => MaintenanceCycleVmOperationJobSearch;
}

/// The search of the configuration log has one setting for both.
#[cfg(feature = "daas-admin")]
mod log {
    use super::{Filter, Group, Node, joined, models};
    use models::{
        LogOperationSearch, LogOperationSearchFilter, LogOperationSearchFilterGroup,
        LogOperationSearchProperty,
    };

    type Condition = super::super::Condition<LogOperationSearchProperty>;

    impl From<Condition> for LogOperationSearchFilter {
        fn from(condition: Condition) -> Self {
            Self::new(condition.operator(), condition.property, condition.value)
        }
    }

    impl From<Node<LogOperationSearchProperty>> for LogOperationSearchFilterGroup {
        fn from(node: Node<LogOperationSearchProperty>) -> Self {
            let group = Group::of(node);
            let mut body = Self::new().search_type(joined(group.any));
            if !group.conditions.is_empty() {
                body = body.search_filters(
                    group
                        .conditions
                        .into_iter()
                        .map(LogOperationSearchFilter::from),
                );
            }
            if !group.groups.is_empty() {
                body = body.search_filter_groups(group.groups.into_iter().map(Self::from));
            }
            body
        }
    }

    impl From<Filter<LogOperationSearchProperty>> for LogOperationSearch {
        fn from(filter: Filter<LogOperationSearchProperty>) -> Self {
            let group = Group::of(filter.0);
            let mut body = Self::new().search_type(joined(group.any));
            if !group.conditions.is_empty() {
                let conditions = group.conditions.into_iter();
                body = body.search_filters(conditions.map(LogOperationSearchFilter::from));
            }
            if !group.groups.is_empty() {
                let groups = group.groups.into_iter();
                body = body.search_filter_groups(groups.map(LogOperationSearchFilterGroup::from));
            }
            body
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::search::CatalogProperty as By;

    fn body(filter: Filter<By>) -> Value {
        serde_json::to_value(models::CatalogSearch::from(filter)).unwrap_or_default()
    }

    fn is(property: &str, operator: &str, value: &str) -> Value {
        json!({ "Property": property, "Operator": operator, "Value": value })
    }

    #[test]
    fn conditions_that_must_all_hold_need_no_group() {
        let filter = By::Name
            .starts_with("W")
            .and(!By::UsedCount.greater_than(3));
        let filters = [
            is("Name", "StartsWith", "W"),
            is("UsedCount", "LessThanOrEquals", "3"),
        ];
        assert_eq!(body(filter), json!({ "SearchFilters": filters }));
        let one = json!({ "SearchFilters": [is("Name", "Equals", "W")] });
        assert_eq!(body(By::Name.equals("W")), one);
    }

    #[test]
    fn any_of_several_is_a_group() {
        let filters = [is("Name", "Equals", "A"), is("Name", "Equals", "B")];
        let group = json!({ "SearchFilterGroupType": "Or", "SearchFilters": filters });
        assert_eq!(
            body(By::Name.one_of(["A", "B"])),
            json!({ "SearchFilterGroups": [group], "SearchFilterGroupsType": "Or" })
        );
        let used = By::UsedCount.at_least(1);
        assert_eq!(
            body(By::Name.one_of(["A", "B"]).and(used)),
            json!({
                "SearchFilters": [is("UsedCount", "GreaterThanOrEquals", "1")],
                "SearchFilterGroups": [group],
                "SearchFilterGroupsType": "And",
            })
        );
    }

    #[test]
    fn no_group_has_conditions_and_groups_that_are_joined_by_or() {
        let both = By::Name.like("W*").and(By::UsedCount.equals(0));
        let filter = By::Name.equals("A").or(both.clone());
        let all = json!({
            "SearchFilterGroupType": "And",
            "SearchFilters": [is("Name", "Like", "W*"), is("UsedCount", "Equals", "0")],
        });
        let one = json!({
            "SearchFilterGroupType": "Or",
            "SearchFilters": [is("Name", "Equals", "A")],
        });
        let any = json!({
            "SearchFilterGroupsType": "Or",
            "SearchFilterGroups": [one, all],
        });
        assert_eq!(body(filter.clone()), any);
        let nested = By::IsRemotePc.equals(true).and(filter);
        assert_eq!(
            body(nested),
            json!({
                "SearchFilters": [is("IsRemotePC", "Equals", "true")],
                "SearchFilterGroupsType": "And",
                "SearchFilterGroups": [any],
            })
        );
    }

    #[cfg(feature = "daas-admin")]
    #[test]
    fn the_configuration_log_joins_both_by_one_word() {
        use crate::search::LogProperty as By;

        let filter = By::User.equals("pat").or(By::Text.contains("tag"));
        assert_eq!(
            serde_json::to_value(models::LogOperationSearch::from(filter)).unwrap_or_default(),
            json!({
                "SearchType": "Or",
                "SearchFilters": [is("User", "Equals", "pat"), is("Text", "Contains", "tag")],
            })
        );
    }
}
