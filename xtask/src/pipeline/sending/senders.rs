//! `send` of an operation only builds its request; sending and reading are shared code.
//!
//! The generator writes both out in an `async fn` of each operation, and what the compiler does for
//! an asynchronous function is most of what it does for an operation.

use quote::{ToTokens as _, format_ident};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Ident, ImplItem, ImplItemFn, Item, ReturnType, Stmt, Type};

use crate::pipeline::rewrite::module_items;

/// Splits each `send` of the usual form into `request`, which is not asynchronous, and a call of
/// shared code. One that sends or reads in another way stays as it is.
pub fn apply(file: &mut syn::File) {
    let Some(operations) = module_items(&mut file.items, "builder") else {
        return;
    };
    for item in operations {
        let Item::Impl(operation) = item else {
            continue;
        };
        let taken: Vec<String> = operation
            .items
            .iter()
            .filter_map(|member| match member {
                ImplItem::Fn(function) => Some(function.sig.ident.to_string()),
                _ => None,
            })
            .collect();
        // A parameter may have any name, and its setter has it too.
        let mut name = "request".to_owned();
        while taken.contains(&name) {
            name.push('_');
        }
        let split = operation.items.iter_mut().find_map(|member| match member {
            ImplItem::Fn(send) if send.sig.ident == "send" => {
                without_version(&mut send.block.stmts);
                split(send, &format_ident!("{name}"))
            }
            _ => None,
        });
        operation.items.extend(split.map(ImplItem::Fn));
    }
}

/// Makes `send` the short one and returns `request`.
fn split(send: &mut ImplItemFn, request: &Ident) -> Option<ImplItemFn> {
    let (answer, error) = answer(&send.sig.output)?;
    if error.to_token_stream().to_string() != "()" {
        return None;
    }
    let statements = &send.block.stmts;
    let info = statements
        .iter()
        .position(|statement| operation_id(statement).is_some())?;
    let (building, sending) = statements.split_at(info);
    let [info, _, _, _, _, Stmt::Expr(Expr::Match(read), None)] = sending else {
        return None;
    };
    let operation = operation_id(info)?;
    let read = format_ident!("{}", reading(read)?);
    let client = first_field(building.first()?)?;
    let built = declared(building.last()?)?;
    let building: ImplItemFn = syn::parse_quote! {
        fn #request(self) -> Result<::reqwest::Request, Error<()>> {
            #(#building)*
            Ok(#built)
        }
    };
    send.sig.asyncness = None;
    send.sig.output = syn::parse_quote!(-> crate::hooks::Answer<'a, #answer>);
    send.block = syn::parse_quote!({
        crate::hooks::#read(&self.#client.inner, #operation, self.#request())
    });
    Some(building)
}

/// The types in `-> Result<ResponseValue<T>, Error<E>>`.
fn answer(output: &ReturnType) -> Option<(Type, Type)> {
    let ReturnType::Type(_, result) = output else {
        return None;
    };
    let (value, error) = match arguments(result, "Result")?.as_slice() {
        [value, error] => (value.clone(), error.clone()),
        _ => return None,
    };
    let value = arguments(&value, "ResponseValue")?.pop()?;
    Some((value, arguments(&error, "Error")?.pop()?))
}

fn arguments(ty: &Type, name: &str) -> Option<Vec<Type>> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let types = arguments.args.iter().map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    });
    (last.ident == name).then(|| types.collect()).flatten()
}

fn declared(statement: &Stmt) -> Option<&Ident> {
    match statement {
        Stmt::Local(local) => match &local.pat {
            syn::Pat::Ident(pattern) => Some(&pattern.ident),
            _ => None,
        },
        _ => None,
    }
}

fn declares(statement: &Stmt, name: &str) -> bool {
    declared(statement).is_some_and(|declared| declared == name)
}

/// The first field in `let Self { client, .. } = self`, which holds the client.
fn first_field(statement: &Stmt) -> Option<Ident> {
    let Stmt::Local(local) = statement else {
        return None;
    };
    let syn::Pat::Struct(pattern) = &local.pat else {
        return None;
    };
    match &pattern.fields.first()?.member {
        syn::Member::Named(name) => Some(name.clone()),
        syn::Member::Unnamed(_) => None,
    }
}

fn operation_id(info: &Stmt) -> Option<Expr> {
    let Stmt::Local(local) = info else {
        return None;
    };
    match &*local.init.as_ref()?.expr {
        Expr::Struct(info) if info.path.is_ident("OperationInfo") => {
            Some(info.fields.first()?.expr.clone())
        }
        _ => None,
    }
}

/// The function in `crate::hooks` that reads an answer as this does: every success in one way,
/// everything else untouched.
fn reading(read: &syn::ExprMatch) -> Option<&'static str> {
    let [success, other] = read.arms.as_slice() else {
        return None;
    };
    let text = |tokens: &dyn quote::ToTokens| tokens.to_token_stream().to_string().replace(' ', "");
    if text(&success.pat) != "200..=299"
        || text(&other.pat) != "_"
        || text(&other.body) != "Err(Error::UnexpectedResponse(response))"
    {
        return None;
    }
    match text(&success.body).trim_matches(['{', '}']) {
        "ResponseValue::from_response(response).await" => Some("json"),
        "Ok(ResponseValue::empty(response))" => Some("empty"),
        "Ok(ResponseValue::stream(response))" => Some("stream"),
        _ => None,
    }
}

/// Takes out the header that tells the document's version: no service asks for it, and one that
/// has a header of this name would get both.
fn without_version(statements: &mut Vec<Stmt>) {
    // Text is slow to make, so it is made of no other statement than those that can be meant.
    let text = |statement: &Stmt| match statement {
        Stmt::Expr(expression, _) => expression.to_token_stream().to_string().replace(' ', ""),
        _ => String::new(),
    };
    let of_version = |text: &str| {
        text.starts_with("header_map.append(") && text.contains("super::Client::api_version()")
    };
    let mut others = 0;
    statements.retain(|statement| {
        let text = text(statement);
        let version = of_version(&text);
        others += usize::from(!version && text.contains("header_map"));
        !version
    });
    if others == 0 {
        statements.retain(|statement| !declares(statement, "header_map"));
        let mut block = Block {
            brace_token: syn::token::Brace::default(),
            stmts: std::mem::take(statements),
        };
        NoHeaders.visit_block_mut(&mut block);
        *statements = block.stmts;
    }
}

struct NoHeaders;

impl VisitMut for NoHeaders {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        if let Expr::MethodCall(call) = expression
            && call.method == "headers"
            && call.args.first().is_some_and(
                |argument| matches!(argument, Expr::Path(path) if path.path.is_ident("header_map")),
            )
        {
            *expression = (*call.receiver).clone();
        }
        visit_mut::visit_expr_mut(self, expression);
    }
}
