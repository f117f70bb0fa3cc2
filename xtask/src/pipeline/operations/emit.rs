//! Emits the code of one operation.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::described::{Envelope, Form, Operation, Parameter, Place, Reads};
use super::rust_types;

/// Returns the struct of an operation, its constructor and setters, and its trait implementations.
pub(super) fn operation(operation: &Operation, name: &Ident, service: &Ident) -> TokenStream {
    let docs = doc(&about(operation));
    let fields = operation.parameters.iter().map(|parameter| {
        let (field, ty) = (ident(&parameter.name), &parameter.ty);
        match parameter.required {
            true => quote!(#field: #ty),
            false => quote!(#field: Option<#ty>),
        }
    });
    let new = constructor(operation);
    let setters = operation
        .parameters
        .iter()
        .filter(|it| !it.required)
        .map(setter);
    let (output, decode) = response(&operation.reads);
    let meta = meta(operation, service);
    let request = request(operation);
    let further = further(operation, name);
    let arguments = arguments(operation, name);
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct #name {
            #(#fields,)*
        }

        impl #name {
            #new
            #(#setters)*
        }

        impl operation::Operation for #name {
            type Output = #output;
            const META: operation::Meta = #meta;

            #[inline]
            fn into_request(self) -> Result<::http::Request<::bytes::Bytes>, operation::InvalidRequest> {
                #request
            }

            #[inline]
            fn decode<R: operation::Response>(response: R) -> Result<Self::Output, R::Error> {
                response.#decode()
            }
        }

        #further
        #arguments
    }
}

fn about(operation: &Operation) -> String {
    let line = format!("`{} {}`", operation.method.to_uppercase(), operation.path);
    let texts = [&operation.summary, &operation.description];
    let mut parts: Vec<String> = texts
        .into_iter()
        .flatten()
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
        .collect();
    if parts.is_empty() {
        parts.push(format!("The operation `{}`.", operation.id));
    }
    parts.push(line);
    parts.join("\n\n")
}

/// Returns doc comments on lines of their own.
pub(in crate::pipeline) fn doc(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| match line.trim_end() {
        "" => String::new(),
        line => format!(" {line}"),
    });
    quote!(#(#[doc = #lines])*)
}

/// Returns a name as an identifier, also if it is a Rust keyword.
pub(in crate::pipeline) fn ident(name: &str) -> Ident {
    match syn::parse_str(name) {
        Ok(ident) => ident,
        Err(_) => Ident::new_raw(name, Span::call_site()),
    }
}

fn passed(parameter: &Parameter) -> (TokenStream, TokenStream) {
    rust_types::passed(&ident(&parameter.name), &parameter.ty)
}

fn constructor(operation: &Operation) -> TokenStream {
    let needed: Vec<&Parameter> = operation
        .parameters
        .iter()
        .filter(|it| it.required)
        .collect();
    let mut text = match needed.as_slice() {
        [] => "Creates the operation with no parameters set.".to_owned(),
        _ => "Creates the operation with its required parameters.\n".to_owned(),
    };
    for parameter in &needed {
        let description = parameter.description.as_deref().unwrap_or_default();
        let description = description.split_whitespace().collect::<Vec<_>>().join(" ");
        let colon = if description.is_empty() { "" } else { ": " };
        text.push_str(&format!("\n- `{}`{colon}{description}", parameter.name));
    }
    let docs = doc(&text);
    let arguments = needed.iter().map(|parameter| {
        let (name, (ty, _)) = (ident(&parameter.name), passed(parameter));
        quote!(#name: #ty)
    });
    let fields = operation.parameters.iter().map(|parameter| {
        let name = ident(&parameter.name);
        let (_, value) = passed(parameter);
        match parameter.required {
            true => quote!(#name: #value),
            false => quote!(#name: None),
        }
    });
    quote! {
        #docs
        #[inline]
        #[must_use]
        pub fn new(#(#arguments),*) -> Self {
            Self { #(#fields,)* }
        }
    }
}

fn setter(parameter: &Parameter) -> TokenStream {
    let name = ident(&parameter.name);
    let (ty, value) = passed(parameter);
    let text = match parameter.description.as_deref().map(str::trim) {
        None | Some("") => format!("Sets `{}`.", parameter.wire),
        Some(description) => description.to_owned(),
    };
    let docs = doc(&text);
    quote! {
        #docs
        #[inline]
        #[must_use]
        pub fn #name(mut self, #name: #ty) -> Self {
            self.#name = Some(#value);
            self
        }
    }
}

/// The type of a response, and the method that decodes it.
fn response(reads: &Reads) -> (TokenStream, TokenStream) {
    match reads {
        Reads::Json(ty) => (quote!(#ty), quote!(json)),
        Reads::Optional(ty) => (quote!(Option<#ty>), quote!(optional)),
        Reads::Empty => (quote!(()), quote!(empty)),
        Reads::Bytes => (quote!(::bytes::Bytes), quote!(bytes)),
        Reads::Exists => (quote!(bool), quote!(exists)),
    }
}

fn meta(operation: &Operation, service: &Ident) -> TokenStream {
    let (id, path) = (&operation.id, &operation.path);
    let method = format_ident!("{}", operation.method.to_uppercase());
    let reads = match operation.reads {
        Reads::Json(_) => quote!(Json),
        Reads::Optional(_) => quote!(Optional),
        Reads::Empty => quote!(Empty),
        Reads::Bytes => quote!(Bytes),
        Reads::Exists => quote!(Exists),
    };
    let site = operation.fact.below_a_site.then(|| quote!(.below_a_site()));
    let safe = operation.is_safe();
    let safe = (safe != operation.is_safe_by_method()).then(|| quote!(.safe(#safe)));
    let job = is_asynchronous(operation).then(|| quote!(.asynchronous()));
    let fields = has_fields(operation).then(|| quote!(.with_fields()));
    let open = operation
        .fact
        .unauthenticated
        .then(|| quote!(.unauthenticated()));
    let paged = operation.envelope.as_ref().map(|envelope| {
        let items = &envelope.items;
        let [token, token_parameter, limit_parameter] = [
            &envelope.token,
            &envelope.token_parameter,
            &envelope.limit_parameter,
        ]
        .map(|name| match name {
            Some(name) => quote!(Some(#name)),
            None => quote!(None),
        });
        quote! {
            .paged(operation::Envelope {
                items: #items,
                token: #token,
                token_parameter: #token_parameter,
                limit_parameter: #limit_parameter,
            })
        }
    });
    quote! {
        operation::Meta::new(
            #id,
            crate::ops::Service::#service,
            ::http::Method::#method,
            #path,
            operation::Reads::#reads,
        )
        #site #safe #job #fields #open #paged
    }
}

fn is_asynchronous(operation: &Operation) -> bool {
    operation.has(Place::Query, "async", "bool")
}

fn has_fields(operation: &Operation) -> bool {
    operation.has(Place::Query, "fields", "String")
}

fn request(operation: &Operation) -> TokenStream {
    let content_type = operation
        .content_type
        .as_ref()
        .map(|media| quote!(.content_type(#media)));
    let parts = operation.parameters.iter().map(|parameter| {
        let (wire, field) = (&parameter.wire, ident(&parameter.name));
        let value = match parameter.required {
            true => quote!(Some(&self.#field)),
            false => quote!(self.#field.as_ref()),
        };
        match (parameter.place, operation.form) {
            (Place::Path, _) => quote!(.path(#wire, &self.#field)),
            (Place::Query, _) => quote!(.query(#wire, &self.#field)),
            (Place::Header, _) => quote!(.header(#wire, #value)),
            (Place::Body, Form::Json) => quote!(#content_type.json(#value)),
            (Place::Body, Form::Urlencoded) => quote!(#content_type.form(#value)),
            (Place::Body, form) => {
                let body = match parameter.required {
                    true => quote!(Some(self.#field.into())),
                    false => quote!(self.#field.map(Into::into)),
                };
                let usual = match form {
                    Form::Text => "text/plain",
                    _ => "application/octet-stream",
                };
                quote!(#content_type.bytes(#body, #usual))
            }
        }
    });
    quote! {
        operation::RequestBuilder::new(Self::META)
            #(#parts)*
            .build()
    }
}

/// Returns the implementations of additional traits.
fn further(operation: &Operation, name: &Ident) -> TokenStream {
    let job = is_asynchronous(operation).then(|| {
        quote! {
            impl operation::Asynchronous for #name {
                #[inline]
                fn asynchronous(self) -> Self {
                    self.async_(true)
                }
            }
        }
    });
    let fields = has_fields(operation).then(|| {
        quote! {
            impl operation::HasFields for #name {
                #[inline]
                fn only_fields(self, fields: String) -> Self {
                    self.fields(fields)
                }
            }
        }
    });
    let listed = operation
        .envelope
        .as_ref()
        .map(|envelope| listed(envelope, name));
    quote!(#job #fields #listed)
}

fn listed(envelope: &Envelope, name: &Ident) -> TokenStream {
    let item = &envelope.item;
    let field = |name: &str| ident(&crate::pipeline::normalize::rust_names::snake(name));
    let items = match (envelope.items.as_str(), envelope.items_optional) {
        ("", _) => quote!(output),
        (name, optional) => {
            let items = field(name);
            match optional {
                true => quote!(output.#items.unwrap_or_default()),
                false => quote!(output.#items),
            }
        }
    };
    let token = match &envelope.token {
        Some(token) => {
            let token = field(token);
            quote!(output.#token)
        }
        None => quote!(None),
    };
    quote! {
        impl operation::Listed for #name {
            type Item = #item;

            #[inline]
            fn into_page(output: Self::Output) -> operation::Page<#item> {
                operation::Page { items: #items, token: #token }
            }
        }
    }
}

/// Returns the place of a parameter, as in the table of operations.
pub(in crate::pipeline) fn place(place: Place) -> TokenStream {
    let name = match place {
        Place::Path => quote!(Path),
        Place::Query => quote!(Query),
        Place::Header => quote!(Header),
        Place::Body => quote!(Body),
    };
    quote!(operation::Place::#name)
}

/// Returns the constructor from JSON, for the table of all operations.
fn arguments(operation: &Operation, name: &Ident) -> TokenStream {
    // Bytes are not JSON; there they are text.
    let value = |parameter: &Parameter| {
        let ty = &parameter.ty;
        match (parameter.place, operation.form) {
            (Place::Body, Form::Bytes) => quote!(String),
            _ => quote!(#ty),
        }
    };
    let needed = operation.parameters.iter().filter(|it| it.required);
    let needed = needed.map(|parameter| {
        let (ty, place, wire) = (value(parameter), place(parameter.place), &parameter.wire);
        quote!(arguments.required::<Self, #ty>(#place, #wire)?)
    });
    let optional = operation.parameters.iter().filter(|it| !it.required);
    let optional = optional.map(|parameter| {
        let (ty, place, wire) = (value(parameter), place(parameter.place), &parameter.wire);
        let setter = ident(&parameter.name);
        quote! {
            if let Some(value) = arguments.optional::<Self, #ty>(#place, #wire)? {
                operation = operation.#setter(value);
            }
        }
    });
    quote! {
        #[cfg(feature = "__arguments")]
        impl operation::FromArguments for #name {
            #[allow(unused_mut, unused_variables)]
            fn from_arguments(
                arguments: &operation::Arguments,
            ) -> Result<Self, operation::InvalidRequest> {
                let mut operation = Self::new(#(#needed),*);
                #(#optional)*
                Ok(operation)
            }
        }
    }
}
