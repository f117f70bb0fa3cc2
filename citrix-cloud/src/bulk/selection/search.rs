//! Turns filters into searches.

use std::collections::HashSet;

use serde_json::Value;

use super::filter::Filter;
use crate::Error;
use crate::daas::Site;
use crate::models::{
    MachineAndSessionSearch as Search, MachineAndSessionSearchFilter as Condition,
    MachineAndSessionSearchFilterGroup as Group,
    MachineAndSessionSearchFilterGroupType as GroupType,
    MachineAndSessionSearchProperty as Property, SearchOperator as Operator,
};

/// How many machine names may go into one search.
const MOST_NAMES: usize = 50;

/// Where to list objects.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Route {
    /// All objects of the site.
    All,
    /// The machines of one catalog.
    Catalog(String),
    /// The results of a search.
    Found(Search),
    /// Nowhere, because nothing can match.
    Nowhere,
}

impl Route {
    /// Returns whether it may list objects that the filter does not match.
    ///
    /// Searches are checked too: no document says what a service does with a condition that it does
    /// not know.
    pub(super) fn needs_matcher(&self, filter: &Filter) -> bool {
        match self {
            Self::All => !filter.is_all(),
            Self::Catalog(_) => filter.ids.is_some(),
            Self::Found(_) => true,
            Self::Nowhere => false,
        }
    }
}

/// How to list objects, and how to match them.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) route: Route,
    /// The ids of machines with a session of the given users.
    pub(super) machines: Option<HashSet<String>>,
    /// Whether the service applies the whole filter, as far as its searches are known.
    pub(super) is_exact: bool,
}

impl Way {
    fn of(route: Route) -> Self {
        let machines = None;
        let is_exact = true;
        Self {
            route,
            machines,
            is_exact,
        }
    }
}

impl Filter {
    /// Returns how to list the machines.
    pub(super) async fn way_to_machines(&self, site: &Site) -> Result<Way, Error> {
        if let ([catalog], true) = (self.catalogs.as_slice(), self.is_one_catalog()) {
            return Ok(Way {
                is_exact: self.ids.is_none(),
                ..Way::of(Route::Catalog(catalog.clone()))
            });
        }
        let mut way = self.way(site).await?;
        if self.users.is_empty() || way.route == Route::Nowhere {
            return Ok(way);
        }
        let (ids, names) = self.machines_of_users(site).await?;
        if ids.is_empty() {
            return Ok(Way::of(Route::Nowhere));
        }
        way.machines = Some(ids);
        if names.len() <= MOST_NAMES {
            let names = names.iter();
            let names = names.map(|it| condition(Property::MachineName, Operator::Equals, it));
            way.route = narrowed(way.route, names.collect());
        } else {
            way.is_exact = false;
        }
        Ok(way)
    }

    /// Returns how to list the sessions.
    pub(super) async fn way_to_sessions(&self, site: &Site) -> Result<Way, Error> {
        let mut way = self.way(site).await?;
        if way.route != Route::Nowhere && !self.users.is_empty() {
            let users = self.users.iter().flat_map(|it| match it.contains('@') {
                true => like(Property::UserPrincipalName, it),
                false => like(Property::UserName, it),
            });
            way.route = narrowed(way.route, users.collect());
        }
        Ok(way)
    }

    /// Returns the part that machines and sessions have in common.
    async fn way(&self, site: &Site) -> Result<Way, Error> {
        let mut way = Way::of(Route::All);
        for (property, area, wanted) in [
            (Property::MachineCatalog, "MachineCatalogs", &self.catalogs),
            (Property::DeliveryGroup, "DeliveryGroups", &self.groups),
            (Property::ZoneName, "Zones", &self.zones),
        ] {
            let mut names = Vec::new();
            for wanted in wanted {
                let name = name_of(site, area, wanted).await?;
                names.extend(name.map(|it| condition(property.clone(), Operator::Equals, &it)));
            }
            if names.is_empty() && !wanted.is_empty() {
                return Ok(Way::of(Route::Nowhere));
            }
            way.route = narrowed(way.route, names);
        }
        let equal = |property: Property, values: Vec<&str>| -> Vec<Condition> {
            let values = values.into_iter();
            values
                .map(|it| condition(property.clone(), Operator::Equals, it))
                .collect()
        };
        macro_rules! texts {
            ($values:expr) => {
                $values.iter().map(|it| it.as_str()).collect()
            };
        }
        let tags = self.tags.iter();
        let names = self.names.iter();
        for conditions in [
            names
                .flat_map(|it| like(Property::MachineName, it))
                .collect(),
            tags.map(|it| condition(Property::Tags, Operator::Contains, it))
                .collect(),
            equal(Property::PowerState, texts!(self.powers)),
            equal(Property::RegistrationState, texts!(self.registrations)),
            equal(Property::SummaryState, texts!(self.summaries)),
            equal(Property::SessionState, texts!(self.sessions)),
        ] {
            way.route = narrowed(way.route, conditions);
        }
        if self.idle_for.is_some() {
            let unused = condition(Property::SessionCount, Operator::Equals, "0");
            way.route = narrowed(way.route, vec![unused]);
        }
        if self.disconnected_for.is_some() {
            let state = condition(Property::SessionState, Operator::Equals, "Disconnected");
            way.route = narrowed(way.route, vec![state]);
        }
        let has_age = self.idle_for.is_some() || self.disconnected_for.is_some();
        let letters = self
            .names
            .iter()
            .chain(&self.users)
            .any(|it| it.contains('?'));
        way.is_exact = !has_age && !letters && self.ids.is_none();
        Ok(way)
    }

    /// Returns the ids and names of machines with a session of the given users.
    async fn machines_of_users(
        &self,
        site: &Site,
    ) -> Result<(HashSet<String>, HashSet<String>), Error> {
        let users = Self {
            users: self.users.clone(),
            ..Self::default()
        };
        let (mut ids, mut names) = (HashSet::new(), HashSet::new());
        // A filter for users only does not depend on another lookup of users.
        let way = Box::pin(users.way_to_sessions(site)).await?;
        let Route::Found(search) = way.route else {
            return Ok((ids, names));
        };
        let list = site.sessions().search(search);
        let mut sessions = list.fields(users.session_fields()).items();
        let matcher = users.matcher(None);
        while let Some(session) = sessions.try_next().await? {
            let machine = session.machine.as_ref();
            if let (true, Some(machine)) = (matcher.matches_session(&session), machine) {
                ids.extend(machine.id.clone());
                names.extend(machine.name.clone());
            }
        }
        Ok((ids, names))
    }
}

/// Adds conditions to a route, at least one of which must be met.
fn narrowed(route: Route, mut any: Vec<Condition>) -> Route {
    if any.is_empty() {
        return route;
    }
    let mut search = match route {
        Route::Found(search) => search,
        Route::Nowhere => return Route::Nowhere,
        Route::All | Route::Catalog(_) => Search::new(),
    };
    if any.len() == 1 {
        search
            .search_filters
            .get_or_insert_default()
            .append(&mut any);
    } else {
        let group = Group::new()
            .search_filters(any)
            .search_filter_group_type(GroupType::Or);
        let groups = search.search_filter_groups.get_or_insert_default();
        groups.push(group);
    }
    Route::Found(search)
}

fn condition(property: Property, operator: Operator, value: &str) -> Condition {
    Condition::new(operator, property).value(value)
}

/// Returns conditions of which any name that matches the pattern, with or without its domain, meets
/// at least one.
///
/// No document says which wildcards a search supports besides `*`, so for a `?` it returns more
/// than necessary.
fn like(property: Property, pattern: &str) -> Vec<Condition> {
    let wide = pattern.replace('?', "*");
    let is_pattern = wide.contains('*');
    let whole = match is_pattern {
        true => condition(property.clone(), Operator::Like, &wide),
        false => condition(property.clone(), Operator::Equals, &wide),
    };
    let has_domain = wide.contains('\\') || wide.contains('@') || wide.starts_with('*');
    let short = (!has_domain).then(|| match is_pattern {
        true => condition(property, Operator::Like, &format!("*\\{wide}")),
        false => condition(property, Operator::EndsWith, &format!("\\{wide}")),
    });
    std::iter::once(whole).chain(short).collect()
}

/// Returns the name of an object given by name or id, or `None` if there is no such id.
async fn name_of(site: &Site, area: &str, wanted: &str) -> Result<Option<String>, Error> {
    let Ok(id) = wanted.trim_matches(['{', '}']).parse::<uuid::Uuid>() else {
        return Ok(Some(wanted.to_owned()));
    };
    let path = format!("/{area}/{id}?fields=Id%2CName");
    let request = http::Request::get(path).body("");
    let request = request.map_err(|error| Error::input(error.to_string()))?;
    match site.send_raw(request).await {
        Ok(response) => Ok(response
            .get("Name")
            .and_then(Value::as_str)
            .map(str::to_owned)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(conditions: &[Condition]) -> Vec<String> {
        let text = |it: &Condition| {
            let json = serde_json::to_value(it).unwrap();
            let part = |name: &str| json[name].as_str().unwrap().to_owned();
            format!("{} {}", part("Operator"), part("Value"))
        };
        conditions.iter().map(text).collect()
    }

    #[test]
    fn a_pattern_matches_with_and_without_a_domain() {
        for (pattern, expected) in [
            ("VDA-1", &["Equals VDA-1", "EndsWith \\VDA-1"][..]),
            ("LAB\\VDA-1", &["Equals LAB\\VDA-1"]),
            ("VDA-*", &["Like VDA-*", "Like *\\VDA-*"]),
            ("VDA-?", &["Like VDA-*", "Like *\\VDA-*"]),
            ("*-7", &["Like *-7"]),
            ("eva@lab.example", &["Equals eva@lab.example"]),
        ] {
            assert_eq!(texts(&like(Property::MachineName, pattern)), expected);
        }
    }

    #[test]
    fn kinds_narrow_and_several_of_one_kind_widen() {
        let on = condition(Property::PowerState, Operator::Equals, "On");
        let off = condition(Property::PowerState, Operator::Equals, "Off");
        let tag = condition(Property::Tags, Operator::Contains, "Blue");
        let route = narrowed(narrowed(Route::All, vec![on, off]), vec![tag]);
        let Route::Found(search) = narrowed(route, Vec::new()) else {
            panic!("conditions need a search");
        };
        assert_eq!(
            serde_json::to_value(search).unwrap(),
            serde_json::json!({
                "SearchFilters": [{"Property": "Tags", "Operator": "Contains", "Value": "Blue"}],
                "SearchFilterGroups": [{
                    "SearchFilterGroupType": "Or",
                    "SearchFilters": [
                        {"Property": "PowerState", "Operator": "Equals", "Value": "On"},
                        {"Property": "PowerState", "Operator": "Equals", "Value": "Off"},
                    ],
                }],
            })
        );
    }
}
