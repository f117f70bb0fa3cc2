//! The steps of normalization that change models, each on its own.

use super::{generated, module, run_step};

fn step(name: &str, yaml: &str) -> String {
    let yaml = format!("components:\n  schemas:\n{yaml}");
    run_step(name, &yaml, &module()).expect("prepared")
}

#[test]
fn each_schema_says_one_thing_in_the_words_of_its_type() {
    insta::assert_snapshot!(step(
        "keywords",
        "
    Untyped: { properties: { a: true }, required: true, additionalProperties: false, title: Name }
    More: { properties: { a: { type: string } }, additionalProperties: { type: string } }
    List: { items: [{ type: string }] }
    Bare: { type: array }
    Colors: { enum: [Red, Red, null] }
    Numbers: { type: integer, enum: [1, 2] }
    Names: { type: integer, format: int32, enum: [1 (One), 2 (Two)] }
    Unquoted: { type: string, enum: [1, true, 2.5, x] }
    Mixed: { enum: [1, a] }
    Contradiction: { type: string, properties: { a: { type: string } } }
    Unheard: { type: date, nullable: 'yes', x-rust-type: { crate: evil } }
    Several: { type: [string, 'null'] }
    Maybe: { oneOf: [{ $ref: '#/components/schemas/List' }, { type: 'null' }] }
    Amount: { format: double, description: A sum. }
    Count: { format: int32 }
    When: { format: date-time }
    Strange: { format: blue }
    Never: { not: { type: string } }
    Beside: { $ref: '#/components/schemas/List', description: Ignored. }
    Nothing: 1
"
    ));
}

#[test]
fn alternatives_and_extensions_become_one_type_where_data_would_be_lost() {
    insta::assert_snapshot!(step(
        "combined models",
        "
    Base: { type: object, required: [kind], properties: { kind: { type: string }, id: { type: string } } }
    Plain: { allOf: [{ $ref: '#/components/schemas/Base' }, { type: object, properties: { more: { type: string } } }] }
    Differs: { allOf: [{ $ref: '#/components/schemas/Base' }, { type: object, properties: { id: { type: integer } } }] }
    Stricter: { allOf: [{ $ref: '#/components/schemas/Base' }], required: [id] }
    Holder: { type: object, properties: { base: { allOf: [{ $ref: '#/components/schemas/Base' }], required: [id] } } }
    Described: { allOf: [{ $ref: '#/components/schemas/Base' }, { description: A base. }] }
    Cat: { type: object, required: [kind, lives], properties: { kind: { type: string, enum: [cat] }, lives: { type: integer } } }
    Dog: { type: object, required: [kind], properties: { kind: { type: string, enum: [dog] }, lives: { type: number } } }
    Pet: { oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }] }
    PetOrName: { anyOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }, { type: string }] }
    OpenColor: { anyOf: [{ type: string, enum: [red] }, { type: string }] }
    Colors: { oneOf: [{ type: string, enum: [red] }, { type: string, enum: [red, green] }] }
    Number: { oneOf: [{ type: integer }, { type: number }] }
    Nameless: { allOf: [{}], required: [id], nullable: true }
    OnOrMore: { oneOf: [{ type: string, enum: ['on'] }, { type: object, required: ['ON'], properties: { 'ON': { type: string } } }] }
    Anything: { oneOf: [{ type: string }, {}] }
    Nonsense: { allOf: [{ type: string }, { type: integer }] }
    One: { allOf: [{ $ref: '#/components/schemas/Two' }, { type: object, properties: { a: { type: string } } }] }
    Two: { allOf: [{ $ref: '#/components/schemas/One' }, { type: object, properties: { b: { type: string } } }] }
    Itself: { $ref: '#/components/schemas/Itself' }
"
    ));
}

#[test]
fn models_with_a_discriminator_keep_their_fields() {
    insta::assert_snapshot!(step(
        "discriminators",
        "
    Base: { type: object, properties: { kind: { type: string } }, discriminator: { propertyName: kind, mapping: { gone: Gone } } }
    Pet: { oneOf: [{ $ref: '#/components/schemas/Cat' }], discriminator: kind }
    Text: { type: string, discriminator: { propertyName: kind } }
    Nothing: { type: object, discriminator: null }
"
    ));
}

#[test]
fn models_get_names_of_their_own() {
    insta::assert_snapshot!(step(
        "model names",
        "
    thing: { type: object }
    Thing: { properties: { a: { $ref: '#/components/schemas/thing' }, b: { $ref: '#/components/schemas/Secret' } } }
    Secret: { type: object }
    Page<Thing>: { properties: { next: { $ref: '#/components/schemas/Page<Thing>' } } }
    a/b: { properties: { a: { $ref: '#/components/schemas/a~1b' } } }
    1st: { type: object }
    Größe: { type: string }
    大: { type: string }
    Dotted.Name: { type: object }
"
    ));
}

#[test]
fn nullability_moves_to_where_a_model_is_used() {
    insta::assert_snapshot!(step(
        "nullable models",
        "
    Color: { type: string, enum: [red], nullable: true }
    Alias: { $ref: '#/components/schemas/Color' }
    Thing: { properties: { color: { $ref: '#/components/schemas/Alias' }, all: { type: array, items: { $ref: '#/components/schemas/Color' } } } }
"
    ));
}

#[test]
fn names_that_collide_are_marked() {
    insta::assert_snapshot!(step(
        "field names",
        "
    Thing: { required: [id], properties: { Id: { type: string }, id: { type: string }, extra: { type: string } }, additionalProperties: {} }
    Heir: { allOf: [{ $ref: '#/components/schemas/Thing' }, { properties: { ID: { type: string }, other: { type: string } } }] }
    Color: { type: string, enum: [red, Red, 'Err', '', '-'] }
"
    ));
}

#[test]
fn models_in_place_take_no_name_that_is_taken() {
    insta::assert_snapshot!(step(
        "models in place",
        "
    ThingOwner: { type: object, properties: { phone: { type: string } } }
    Thing:
      properties:
        owner: { type: object, nullable: true, properties: { name: { type: string } } }
        list: { type: array, items: { type: object, properties: { a: { type: string } } } }
    ThingListItem: { type: string }
"
    ));
}

#[test]
fn the_wire_keeps_every_name() {
    let yaml = super::with_schemas(
        "3.0.3",
        "
    Thing:
      type: object
      properties:
        Id: { type: string }
        ID: { type: string }
        color: { type: string, enum: [red, Red, RED] }
",
    );
    let (mut file, reach, _) = generated(&yaml, &module()).expect("generated");
    let outline = xtask::pipeline::rewrite::Outline {
        reach,
        ..xtask::pipeline::rewrite::Outline::default()
    };
    xtask::pipeline::rewrite::shape(&mut file, &outline);
    insta::assert_snapshot!(xtask::pipeline::rewrite::text(
        &xtask::pipeline::rewrite::models_of(file)
    ));
}
