//! The items that users can name, with facts, from the IR.

use super::Group::{self, Added, Breaking, Documentation};
use super::{CALLED, Fact, Item, Rule, WIRE};
use crate::diagnostics::listed;
use crate::emit::{Imports, plain_type, rust_type};
use crate::ir::{
    self, Api, Clear, CombinationVariant, Combinations, Enum, Field, Handle, Hint, Id, Limits,
    Location, Operation, Pages, Segment, Step, Struct, Type, Value, Variant,
};
use crate::print::line;

/// Any change is breaking.
const BREAKS: Rule = |_, _| Breaking;
/// Only a new value is not breaking.
const ADDS: Rule = |old, _| either(!old.is_empty(), Breaking, Added);
/// A change for readers only.
const TELLS: Rule = |_, _| Documentation;
/// The compiler begins or stops to warn.
const WARNS: Rule = |old, _| either(old.is_empty(), Added, Documentation);
/// A path or a call, in which only the names of parameters may change.
const ROUTE: Rule = |old, new| either(bare(old) == bare(new), Documentation, Breaking);
/// The list of the only clouds; empty for all clouds.
const CLOUDS: Rule = |old, new| {
    let is_left_out = |cloud: &str| cloud.is_empty() || !new.contains(cloud);
    let narrows = !new.is_empty() && old.split(", ").any(is_left_out);
    either(narrows, Breaking, Added)
};
/// Limits: a stricter one is breaking.
const LEAST: Rule = |old, new| either(size(new) > size(old), Breaking, Added);
const MOST: Rule = |old, new| {
    let [old, new] = [old, new].map(|text| size(text).unwrap_or(u64::MAX));
    either(new < old, Breaking, Added)
};

/// The verb for documentation.
const DOCUMENTED: &str = "is documented as “";

fn either(first: bool, a: Group, b: Group) -> Group {
    if first { a } else { b }
}

fn size(text: &str) -> Option<u64> {
    text.parse().ok()
}

/// A path or a call without the text in braces and parentheses.
fn bare(text: &str) -> String {
    let mut inside = false;
    let is_kept = |c: &char| {
        inside = matches!(c, '{' | '(') || (inside && !matches!(c, '}' | ')'));
        !inside
    };
    text.chars().filter(is_kept).collect()
}

/// Lists the facts of a value of the IR. Every field must be named; those with a rule become facts.
macro_rules! facts {
    ($from:expr => $type:path { $($field:ident $($rule:ident $verb:tt $value:expr)?),* $(,)? }) => {{
        let $type { $($field),* } = $from;
        $(let _ = $field;)*
        vec![$($(Fact { rule: $rule, verb: $verb, value: String::from($value) },)?)*]
    }};
}

pub fn of(api: &Api) -> Vec<Item> {
    let mut calls = vec![String::new(); api.handles.len()];
    let mut all = Vec::new();
    for (at, handle) in api.handles.iter().enumerate() {
        for step in &handle.steps {
            let item = self::step(step, &calls[at], &api.handles[step.target]);
            calls[step.target] = item.name.clone() + ".";
            all.push(item);
        }
    }
    let facts = facts!(api => Api {
        title TELLS "is titled “" title,
        servers, modules, handles, client_modules, operations, hints, bodies,
    });
    all.push(item("client", &["Client"], facts));
    let clouds = api.servers.iter().map(|(url, name)| {
        let facts = vec![fact(BREAKS, "is at `", url), fact(TELLS, CALLED, name)];
        item("cloud", &[url, name], facts)
    });
    let models = api.modules.iter().flat_map(|module| &module.items);
    let method = |one| operation(api, one, &calls[one.handle]);
    all.extend(clouds.chain(models.map(|one| model(api, one))));
    all.extend(api.operations.iter().map(method));
    all.extend(api.hints.iter().map(hint));
    all
}

fn fact(rule: Rule, verb: &'static str, value: impl Into<String>) -> Fact {
    let value = value.into();
    Fact { rule, verb, value }
}

/// An item with its keys, the last of which is its name.
fn item(kind: &'static str, keys: &[&str], facts: Vec<Fact>) -> Item {
    let name = keys.last().copied().unwrap_or_default().to_owned();
    let keys = keys.iter().map(|key| format!("{kind} {key}")).collect();
    let parts = Vec::new();
    Item {
        kind,
        name,
        keys,
        facts,
        parts,
    }
}

fn type_text(ty: &Type) -> String {
    line(rust_type(ty, &mut Imports::default()))
}

fn flag(holds: bool, word: &str) -> &str {
    if holds { word } else { "" }
}

fn or_empty(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn step(step: &Step, from: &str, target: &Handle) -> Item {
    let fields = || Segment::all_parameters(&step.segments);
    let names: Vec<_> = fields().map(|field| &*field.name).collect();
    let types = fields().map(|field| type_text(&field.ty));
    let call = format!("{from}{}({})", step.name, names.join(", "));
    let mut facts = facts!(step => Step {
        segments BREAKS "takes " listed(types),
        // The first line is the path.
        docs TELLS DOCUMENTED docs.get(1..).unwrap_or_default().join("\n"),
        name, target,
    });
    facts.extend(facts!(target => Handle {
        name BREAKS "returns `" name,
        path, steps, operations,
    }));
    item("step", &[&bare(&target.path), &call], facts)
}

fn operation(api: &Api, operation: &Operation, from: &str) -> Item {
    let call = format!("{from}{}()", operation.name);
    let request = format!("{} {}", operation.method.as_str(), operation.path);
    // The lines from the request on consist of other facts.
    let quoted = format!("`{request}`");
    let mut words = operation.docs.split(|line| *line == quoted);
    let mut returned = line(plain_type(operation, &mut Imports::default()));
    if operation.has_options() {
        returned = format!("{}({returned})", operation.type_name);
    }
    let open = operation.delegated.is_empty() && operation.application.is_empty();
    let words_of = |Pages { items, link }: &Pages| format!("`{}`, by `{}`", items.wire, link.wire);
    let stream = operation.pages.as_ref().map(words_of);
    let enveloped = operation.response.decoder == "enveloped";
    let facts = facts!(operation => Operation {
        path ROUTE "sends `" &*request,
        handle ROUTE CALLED &*call,
        id BREAKS "has the operationId `" id,
        constant BREAKS "has the constant `" constant,
        type_name BREAKS "returns `" returned,
        response ADDS "reads the object also as " flag(enveloped, "the one item of a list"),
        accept BREAKS "reads " or_empty(accept.as_ref()),
        content_type BREAKS "sends a body of " or_empty(content_type.as_ref()),
        optional_body ADDS "sends its body only " flag(*optional_body, "where it is given"),
        pages ADDS "has a stream of " or_empty(stream),
        servers CLOUDS "is only in " listed(servers),
        delegated ADDS "is open to " flag(open, "any token"),
        repeatable ADDS "is " flag(*repeatable, "safe to retry"),
        deprecated WARNS "is " flag(*deprecated, "deprecated"),
        rate_limit TELLS "is limited to " or_empty(rate_limit.map(|(count, time)| format!("{count} requests in {time} seconds"))),
        hints TELLS "has the hints " listed(hints.iter().map(|at| &api.hints[*at].name)),
        example TELLS "shows the example `" or_empty(example.as_ref()),
        docs_url TELLS "links to " or_empty(docs_url.as_ref()),
        docs TELLS DOCUMENTED words.next().unwrap_or_default().join("\n"),
        application TELLS "is least privileged with " listed(delegated.iter().take(1).chain(application.iter().take(1))),
        name, segments, method, body, limited, arguments, options,
    });
    let (argument, option) = ("argument", "option");
    let in_path = Segment::all_parameters(&operation.segments).chain(&operation.arguments);
    let mut parts: Vec<_> = in_path.map(given(argument)).collect();
    parts.extend(operation.options.iter().map(given(option)));
    let arguments = parts.iter_mut().filter(|part| part.kind == argument);
    for (at, item) in (1..).zip(arguments) {
        let position = fact(BREAKS, "is argument ", at.to_string());
        item.facts.insert(0, position);
    }
    let permission = |kind| move |name: &String| item(kind, &[name], Vec::new());
    let (delegated, application) = (operation.delegated.iter(), operation.application.iter());
    parts.extend(delegated.map(permission("delegated permission")));
    parts.extend(application.map(permission("application permission")));
    let method = item("method", &[&bare(&request), &operation.id, &call], facts);
    Item { parts, ..method }
}

/// An argument or an option. The types of the models have the facts of a body.
fn given(kind: &'static str) -> impl Fn(&Field) -> Item {
    move |field| {
        let (ty, location, exploded) = match field.location {
            Location::Bytes => ("impl Into<Bytes>".to_owned(), "body", false),
            Location::Property | Location::Body => (type_text(&field.ty), "body", false),
            Location::Path => (type_text(&field.ty), "path", false),
            Location::Query { exploded } => (type_text(&field.ty), "query", exploded),
            // A header is passed as text.
            Location::Header => (type_text(&Type::String), "header", false),
        };
        let ty = field.rust_type.clone().unwrap_or(ty);
        let is_told = matches!(location, "query" | "header");
        let is_deprecated = is_told && field.deprecated;
        // Callers write the names of options, but not those of arguments.
        let called = if kind == "option" { BREAKS } else { TELLS };
        let docs = field.docs.join("\n");
        let facts = vec![
            fact(BREAKS, "has the type `", ty),
            fact(called, CALLED, &field.name),
            fact(BREAKS, WIRE, &field.wire),
            fact(BREAKS, "is sent in the ", location),
            fact(BREAKS, "is sent ", flag(exploded, "once for each value")),
            fact(WARNS, "is ", flag(is_deprecated, "deprecated")),
            fact(TELLS, DOCUMENTED, flag(is_told, &docs)),
        ];
        item(kind, &[&field.wire, &field.name], facts)
    }
}

fn model(api: &Api, model: &ir::Item) -> Item {
    let (mut facts, parts): (_, Vec<_>) = match model {
        ir::Item::Struct(object) => {
            let types = object.arguments.iter().map(|one| type_text(&one.ty));
            let types = types.collect::<Vec<_>>().join(", ");
            let new = format!("new({types})");
            let facts = facts!(object => Struct {
                fields BREAKS "is " "an object",
                name BREAKS CALLED name,
                arguments ADDS "is made by `" flag(!arguments.is_empty(), &new),
                docs TELLS DOCUMENTED docs.join("\n"),
            });
            (facts, object.fields.iter().map(field).collect())
        }
        ir::Item::Enum(open) => {
            let chosen = open.default.map(|at| &open.variants[at].name);
            let facts = facts!(open => Enum {
                variants BREAKS "is " "an enumeration",
                name BREAKS CALLED name,
                default ADDS "has the default `" or_empty(chosen),
                docs TELLS DOCUMENTED docs.join("\n"),
            });
            (facts, open.variants.iter().map(variant).collect())
        }
        ir::Item::Id(id) => {
            let facts = facts!(id => Id {
                what BREAKS "is " "an identifier",
                name BREAKS CALLED name,
                help TELLS "says in errors “" format!("{what}; {help}"),
                docs TELLS DOCUMENTED docs.join("\n"),
            });
            (facts, Vec::new())
        }
        ir::Item::Combinations(all) => {
            let facts = facts!(all => Combinations {
                variants BREAKS "is " "a set of combinations",
                name BREAKS CALLED name,
                properties,
                docs TELLS DOCUMENTED docs.join("\n"),
            });
            let variants = all.variants.iter().map(combination);
            let properties = all.properties.iter().map(|one| {
                let mut method = field(one);
                method.facts[0].value = type_text(&one.ty);
                method
            });
            (facts, properties.chain(variants).collect())
        }
    };
    // A renamed type has the same parts, and a type with few parts also the same documentation.
    let wires: Vec<_> = parts.iter().map(|part| &*part.keys[0]).collect();
    let docs = facts.iter().find(|fact: &&Fact| fact.verb == DOCUMENTED);
    let small = docs.filter(|_| wires.len() < 2).map(|docs| &docs.value);
    let shape = format!("with {}{}", or_empty(small), wires.join(" "));
    let module = flag(api.bodies.contains(model.name()), "bodies");
    facts.push(fact(BREAKS, "is in the module `", module));
    let model = item("type", &[model.name(), &shape, model.name()], facts);
    Item { parts, ..model }
}

fn field(field: &Field) -> Item {
    let mut rust = type_text(&field.ty);
    if !field.is_bare() {
        rust = format!("Option<{rust}>");
    }
    let limits = field.limits.as_ref();
    let [least, most] = limits.map_or([None; 2], |Limits { sizes, help: _ }| *sizes);
    let clear = |clear: &Clear| format!("{} = {:?}", clear.constant, clear.text);
    let cleared = field.clear.as_ref().map(clear);
    let mut facts = facts!(field => Field {
        ty BREAKS "has the type `" rust,
        name BREAKS CALLED name,
        wire BREAKS WIRE wire,
        clear ADDS "is cleared by `" or_empty(cleared),
        private ADDS "is " flag(*private, "hidden by `Debug`"),
        deprecated WARNS "is " flag(*deprecated, "deprecated"),
        limits TELLS "has the help “" or_empty(limits.as_ref().map(|limits| &limits.help)),
        docs TELLS DOCUMENTED docs.join("\n"),
        required, read_only, rust_type, location, combined,
    });
    facts.push(fact(LEAST, "takes at least ", or_empty(least)));
    facts.push(fact(MOST, "takes at most ", or_empty(most)));
    item("field", &[&field.wire, &field.name], facts)
}

fn variant(variant: &Variant) -> Item {
    let facts = facts!(variant => Variant {
        name BREAKS CALLED name,
        wire BREAKS WIRE wire,
        docs TELLS DOCUMENTED docs.join("\n"),
    });
    item("value", &[&variant.wire, &variant.name], facts)
}

fn combination(variant: &CombinationVariant) -> Item {
    let set = variant.values.iter().map(|value| match value {
        Value::Variant(text) | Value::Text(text) => text.clone(),
        Value::Seconds(seconds) => format!("{seconds} s"),
    });
    let set = set.collect::<Vec<_>>().join(", ");
    let facts = facts!(variant => CombinationVariant {
        name BREAKS CALLED name,
        values BREAKS "sends " &*set,
        docs TELLS DOCUMENTED docs.join("\n"),
    });
    item("value", &[&set, &variant.name], facts)
}

fn hint(hint: &Hint) -> Item {
    let facts = facts!(hint => Hint {
        text TELLS "says “" text,
        status TELLS "is for the statuses " format!("{status:?}"),
        code TELLS "is for the code " or_empty(code.as_ref()),
        delegated TELLS "is for tokens that are " delegated.map_or("", |is| if is { "delegated" } else { "application's" }),
        source TELLS "comes from " source,
        name,
    });
    item("hint", &[&hint.name], facts)
}
