-- What a model makes of a product's text: it takes long to make, so it is kept, for the indexes of all servers.
create table product_embeddings (
    product_id uuid not null constraint product_embeddings_pkey primary key
        constraint product_embeddings_product_id_fkey references products (id) on delete cascade,
    -- By its name: vectors of two models have nothing to do with each other.
    model text not null,
    -- Digest of the model's name and the text: made anew when either is another.
    made_of bytea not null,
    -- As the search index keeps it. Null: the model refused the text.
    vector bytea
);
comment on table product_embeddings is 'what products mean, as a model says';

-- Which server asks the model about products: one at a time.
create table product_embeddings_turn (
    one boolean not null default true constraint product_embeddings_turn_pkey primary key
        constraint product_embeddings_turn_is_one check (one),
    server uuid,
    until timestamptz not null
);
insert into product_embeddings_turn (until) values ('2000-01-01 00:00:00+00');
comment on table product_embeddings_turn is 'the server that asks the model about products, until when it has the turn';
