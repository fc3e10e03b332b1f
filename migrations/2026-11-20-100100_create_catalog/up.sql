-- What is for sale. Product text and specs are the merchant's shape, hence jsonb; what the engine decides by is typed.
create table categories (
    id uuid constraint categories_pkey primary key,
    store_id uuid not null constraint categories_store_id_fkey references stores (id),
    parent_id uuid constraint categories_parent_id_fkey references categories (id),
    slug text not null,
    name text not null,
    -- Slugs from the root to this category, joined with '/': a subtree is a prefix.
    path text not null,
    position integer not null default 0,
    -- [{ "key", "label", "type": "text"|"number"|"boolean"|"enum", "unit"?, "values"?, "filterable"? }]
    attributes jsonb not null default '[]' constraint categories_attributes_is_array check (jsonb_typeof(attributes) = 'array'),
    version bigint not null default 1,
    archived_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint categories_slug_key unique (store_id, slug),
    constraint categories_not_own_parent check (parent_id <> id)
);
create index categories_parent_id_idx on categories (parent_id);
create index categories_path_idx on categories (store_id, path text_pattern_ops);

create table brands (
    id uuid constraint brands_pkey primary key,
    store_id uuid not null constraint brands_store_id_fkey references stores (id),
    slug text not null,
    name text not null,
    version bigint not null default 1,
    archived_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint brands_slug_key unique (store_id, slug)
);

create table products (
    id uuid constraint products_pkey primary key,
    store_id uuid not null constraint products_store_id_fkey references stores (id),
    slug text not null,
    title text not null constraint products_title_not_empty check (title <> ''),
    description text not null default '',
    brand_id uuid constraint products_brand_id_fkey references brands (id),
    category_id uuid constraint products_category_id_fkey references categories (id),
    -- Sellers come later; the column is here so that no row has to move then.
    seller_id uuid,
    specs jsonb not null default '{}' constraint products_specs_is_object check (jsonb_typeof(specs) = 'object'),
    -- [{ "url", "alt"? }]
    media jsonb not null default '[]' constraint products_media_is_array check (jsonb_typeof(media) = 'array'),
    tags text[] not null default '{}',
    status text not null default 'draft' constraint products_status_known check (status in ('draft', 'active', 'archived')),
    -- How much stock shoppers are shown.
    availability_policy text not null default 'low'
        constraint products_availability_policy_known check (availability_policy in ('exact', 'low', 'hidden')),
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint products_slug_key unique (store_id, slug)
);
create index products_category_id_idx on products (category_id);
create index products_brand_id_idx on products (brand_id);

create table variants (
    id uuid constraint variants_pkey primary key,
    store_id uuid not null constraint variants_store_id_fkey references stores (id),
    product_id uuid not null constraint variants_product_id_fkey references products (id),
    sku text not null constraint variants_sku_not_empty check (sku <> ''),
    -- { "size": "M", "color": "red" }
    attributes jsonb not null default '{}' constraint variants_attributes_is_object check (jsonb_typeof(attributes) = 'object'),
    barcode text,
    currency text not null constraint variants_currency_is_iso check (currency ~ '^[A-Z]{3}$'),
    mrp_minor bigint not null constraint variants_mrp_in_range check (mrp_minor between 0 and 1000000000000000),
    price_minor bigint not null constraint variants_price_within_mrp check (price_minor between 0 and mrp_minor),
    -- A scheduled sale price, valid in [starts, ends).
    sale_price_minor bigint constraint variants_sale_price_within_price check (sale_price_minor between 0 and price_minor),
    sale_starts_at timestamptz,
    sale_ends_at timestamptz,
    tax_class text not null default 'standard',
    weight_grams bigint not null default 0 constraint variants_weight_not_negative check (weight_grams >= 0),
    -- Checkout answers not_on_sale_yet before it.
    on_sale_from timestamptz,
    -- At most so many per buyer over all orders, in each window of so many seconds (null: for ever).
    purchase_limit bigint constraint variants_purchase_limit_positive check (purchase_limit > 0),
    purchase_limit_window_s bigint constraint variants_purchase_limit_window_positive check (purchase_limit_window_s > 0),
    -- How long an unpaid order keeps this variant; null: the shop's default.
    hold_ttl_s bigint constraint variants_hold_ttl_positive check (hold_ttl_s > 0),
    position integer not null default 0,
    version bigint not null default 1,
    archived_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint variants_sku_key unique (store_id, sku),
    constraint variants_tax_class_fkey foreign key (store_id, tax_class) references tax_classes (store_id, code),
    constraint variants_sale_is_whole check ((sale_price_minor is null) = (sale_starts_at is null and sale_ends_at is null)),
    constraint variants_sale_ends_after_start check (sale_ends_at > sale_starts_at)
);
create index variants_product_id_idx on variants (product_id);
create index variants_barcode_idx on variants (store_id, barcode) where barcode is not null;
