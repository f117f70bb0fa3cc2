//! Parameters that identify another object: they accept anything that converts to its key,
//! including a model.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::tree::type_name;
use super::{Exceptions, Method, Step};
use crate::pipeline::operations::Area;
use crate::pipeline::operations::described::{Parameter, Place};
use crate::pipeline::operations::emit::ident;

/// The endings of parameters that take an id.
const ENDS: [&str; 4] = ["_name_or_id", "_guid", "_uid", "_id"];

/// The objects with a handle on the first level below a site.
pub(super) struct Things<'a> {
    areas: BTreeMap<&'a str, &'a Area>,
    exceptions: &'a Exceptions,
}

impl<'a> Things<'a> {
    pub(super) fn new(methods: &'a [Method<'_>], exceptions: &'a Exceptions) -> Self {
        let below = methods.iter().filter(|method| method.below_a_site);
        let areas = below.filter_map(|method| match method.place.handle.first() {
            Some(Step::One(thing)) => Some((thing.as_str(), method.area)),
            _ => None,
        });
        Self {
            areas: areas.collect(),
            exceptions,
        }
    }

    /// Returns the handle of the object that a parameter identifies, if it is compiled whenever the
    /// method is.
    pub(super) fn named_by(
        &self,
        parameter: &Parameter,
        method: &Method<'_>,
    ) -> Option<TokenStream> {
        let thing = self.thing(parameter, method)?;
        let area = *self.areas.get(thing.as_str())?;
        let ty = format_ident!("{}", type_name(&[Step::One(thing)]));
        if std::ptr::eq(area, method.area) {
            return Some(quote!(#ty));
        }
        let feature = area.feature.as_ref();
        let always = feature.is_none_or(|it| self.exceptions.always.contains(it));
        let module = ident(&area.name);
        always.then(|| quote!(crate::handles::#module::#ty))
    }

    fn thing(&self, parameter: &Parameter, method: &Method<'_>) -> Option<String> {
        match parameter.place {
            Place::Path => {
                let own = format!("{{{}}}", parameter.wire);
                let (before, _) = method.operation.path.split_once(&own)?;
                let noun = before.trim_end_matches('/').rsplit('/').next()?;
                Some(self.exceptions.singular(noun))
            }
            Place::Query => {
                let mut ends = ENDS.iter();
                let thing = ends.find_map(|end| parameter.name.strip_suffix(end))?;
                Some(thing.to_owned())
            }
            Place::Header | Place::Body => None,
        }
    }
}
