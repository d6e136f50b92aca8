//! Pages: which responses are a part of a collection, and where the link to the next part is.

use super::tree::Call;
use crate::http::Method;
use crate::ir::{Item, Module, Operation, Pages, ResponseBody, Type};
use std::collections::HashMap;

/// Finds the operations that return a page: GET of an object with a list and with a link, in the
/// properties that `x-ms-pageable` names or OData has.
pub fn find(modules: &[Module], calls: &[Call<'_>], operations: &mut [Operation]) {
    let items = modules.iter().flat_map(|module| &module.items);
    let structs = items.filter_map(|item| match item {
        Item::Struct(object) => Some((object.name.as_str(), object)),
        _ => None,
    });
    let structs: HashMap<_, _> = structs.collect();
    for (operation, call) in operations.iter_mut().zip(calls) {
        let ResponseBody::Object(Type::Object(name)) = &operation.response else {
            continue;
        };
        let Some(object) = structs
            .get(&**name)
            .filter(|_| operation.method == Method::Get)
        else {
            continue;
        };
        let [items, link] = call.operation.pageable.unwrap_or_default();
        let (items, link) = (items.unwrap_or("value"), link.unwrap_or("@odata.nextLink"));
        let field = |wire| object.fields.iter().find(|field| field.wire == wire);
        let (items, link) = (field(items), field(link));
        operation.pages = items.zip(link).and_then(|(items, link)| {
            let is_page = matches!(items.ty, Type::List(_)) && link.ty == Type::String;
            is_page.then(|| Pages {
                items: items.clone(),
                link: link.clone(),
            })
        });
    }
}
