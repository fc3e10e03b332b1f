//! The tables as Diesel sees them. Written by hand (the Diesel command needs libpq); a test compares it with the migrated
//! database.

diesel::table! {
    stores (id) {
        id -> Uuid,
        slug -> Text,
        name -> Text,
        currency -> Text,
        shipping_flat_minor -> BigInt,
        shipping_free_from_minor -> Nullable<BigInt>,
        shipping_tax_class -> Text,
        created_at -> Timestamptz,
        shipping_version -> BigInt,
        shipping_updated_at -> Timestamptz,
        language -> Text,
    }
}

diesel::table! {
    search_settings (store_id) {
        store_id -> Uuid,
        popularity -> Integer,
        rating -> Integer,
        newness -> Integer,
        newness_half_life_days -> Integer,
        sold_out -> Integer,
        version -> BigInt,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    product_embeddings (product_id) {
        product_id -> Uuid,
        model -> Text,
        made_of -> Bytea,
        vector -> Nullable<Bytea>,
    }
}

diesel::table! {
    product_embeddings_turn (one) {
        one -> Bool,
        server -> Nullable<Uuid>,
        until -> Timestamptz,
    }
}

diesel::table! {
    product_sales (product_id) {
        product_id -> Uuid,
        store_id -> Uuid,
        weight -> Double,
        shown -> Integer,
    }
}

diesel::table! {
    sales_counted (cell_id) {
        cell_id -> Integer,
        batch -> BigInt,
    }
}

diesel::table! {
    store_domains (domain) {
        domain -> Text,
        store_id -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    locations (id) {
        id -> Uuid,
        store_id -> Uuid,
        code -> Text,
        name -> Text,
        is_default -> Bool,
        created_at -> Timestamptz,
        version -> BigInt,
        archived_at -> Nullable<Timestamptz>,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    tax_classes (store_id, code) {
        store_id -> Uuid,
        code -> Text,
        name -> Text,
        rate_bp -> Integer,
        inclusive -> Bool,
        version -> BigInt,
        archived_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    categories (id) {
        id -> Uuid,
        store_id -> Uuid,
        parent_id -> Nullable<Uuid>,
        slug -> Text,
        name -> Text,
        path -> Text,
        position -> Integer,
        attributes -> Jsonb,
        version -> BigInt,
        archived_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    brands (id) {
        id -> Uuid,
        store_id -> Uuid,
        slug -> Text,
        name -> Text,
        version -> BigInt,
        archived_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    products (id) {
        id -> Uuid,
        store_id -> Uuid,
        slug -> Text,
        title -> Text,
        description -> Text,
        brand_id -> Nullable<Uuid>,
        category_id -> Nullable<Uuid>,
        seller_id -> Nullable<Uuid>,
        specs -> Jsonb,
        media -> Jsonb,
        tags -> Array<Text>,
        status -> Text,
        availability_policy -> Text,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    variants (id) {
        id -> Uuid,
        store_id -> Uuid,
        product_id -> Uuid,
        sku -> Text,
        attributes -> Jsonb,
        barcode -> Nullable<Text>,
        currency -> Text,
        mrp_minor -> BigInt,
        price_minor -> BigInt,
        sale_price_minor -> Nullable<BigInt>,
        sale_starts_at -> Nullable<Timestamptz>,
        sale_ends_at -> Nullable<Timestamptz>,
        tax_class -> Text,
        weight_grams -> BigInt,
        on_sale_from -> Nullable<Timestamptz>,
        purchase_limit -> Nullable<BigInt>,
        purchase_limit_window_s -> Nullable<BigInt>,
        hold_ttl_s -> Nullable<BigInt>,
        position -> Integer,
        version -> BigInt,
        archived_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    cells (id) {
        id -> Integer,
        epoch -> BigInt,
        owner -> Nullable<Uuid>,
        owner_name -> Nullable<Text>,
        taken_at -> Nullable<Timestamptz>,
        last_batch -> BigInt,
        core_time -> Timestamptz,
    }
}

diesel::table! {
    journal_batches (cell_id, number) {
        cell_id -> Integer,
        number -> BigInt,
        epoch -> BigInt,
        digest -> Bytea,
        bundles -> Integer,
        committed_at -> Timestamptz,
    }
}

diesel::table! {
    journal_prunings (cell_id) {
        cell_id -> Integer,
        pruned_to -> BigInt,
    }
}

diesel::table! {
    stock_levels (variant_id, location_id) {
        variant_id -> Uuid,
        location_id -> Uuid,
        store_id -> Uuid,
        on_hand -> BigInt,
        reserved -> BigInt,
        safety -> BigInt,
        seq -> BigInt,
        count_version -> BigInt,
    }
}

diesel::table! {
    stock_ledger (variant_id, location_id, seq) {
        variant_id -> Uuid,
        location_id -> Uuid,
        seq -> BigInt,
        batch -> BigInt,
        kind -> Text,
        on_hand_delta -> BigInt,
        reserved_delta -> BigInt,
        order_id -> Nullable<Uuid>,
        reason -> Nullable<Text>,
        reference -> Nullable<Text>,
        at -> Timestamptz,
    }
}

diesel::table! {
    stock_holds (variant_id, location_id, order_id, attempt) {
        variant_id -> Uuid,
        location_id -> Uuid,
        order_id -> Uuid,
        attempt -> Integer,
        quantity -> BigInt,
        returned -> BigInt,
        state -> Text,
        principal_id -> Uuid,
        limit_window -> Nullable<BigInt>,
        expires_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    purchase_limit_usage (variant_id, principal_id, window_start) {
        variant_id -> Uuid,
        principal_id -> Uuid,
        window_start -> BigInt,
        used -> BigInt,
    }
}

diesel::table! {
    carts (id) {
        id -> Uuid,
        store_id -> Uuid,
        principal_id -> Uuid,
        version -> BigInt,
        generation -> BigInt,
        lines -> Jsonb,
        last_order_id -> Nullable<Uuid>,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    orders (id) {
        id -> Uuid,
        order_no -> BigInt,
        store_id -> Uuid,
        principal_id -> Uuid,
        idempotency_key -> Text,
        fingerprint -> Bytea,
        cart_id -> Nullable<Uuid>,
        cart_generation -> Nullable<BigInt>,
        status -> Text,
        payment_status -> Text,
        payment_method -> Text,
        currency -> Text,
        mrp_minor -> BigInt,
        discount_minor -> BigInt,
        tax_minor -> BigInt,
        shipping_minor -> BigInt,
        grand_minor -> BigInt,
        detail -> Json,
        version -> BigInt,
        placed_at -> Timestamptz,
        placed_expires_at -> Nullable<Timestamptz>,
        expires_at -> Nullable<Timestamptz>,
        progress -> Jsonb,
    }
}

diesel::table! {
    order_lines (order_id, line_no) {
        order_id -> Uuid,
        line_no -> Integer,
        variant_id -> Uuid,
        location_id -> Uuid,
        sku -> Text,
        title -> Text,
        quantity -> BigInt,
        unit_mrp_minor -> BigInt,
        unit_price_minor -> BigInt,
        net_minor -> BigInt,
        tax_minor -> BigInt,
        tax_rate_bp -> Integer,
        tax_inclusive -> Bool,
        seq -> BigInt,
    }
}

diesel::table! {
    order_events (order_id, version) {
        order_id -> Uuid,
        version -> BigInt,
        kind -> Text,
        actor -> Text,
        data -> Nullable<Jsonb>,
        at -> Timestamptz,
    }
}

diesel::table! {
    idempotency_keys (store_id, principal_id, route, key) {
        store_id -> Uuid,
        principal_id -> Uuid,
        route -> Text,
        key -> Text,
        fingerprint -> Bytea,
        status -> Integer,
        body -> Jsonb,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    outbox (id) {
        id -> BigInt,
        store_id -> Uuid,
        topic -> Text,
        payload -> Json,
        at -> Timestamptz,
    }
}

diesel::table! {
    outbox_cursors (consumer) {
        consumer -> Text,
        id -> BigInt,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    audit_log (id) {
        id -> Uuid,
        store_id -> Uuid,
        at -> Timestamptz,
        actor_kind -> Text,
        actor_id -> Nullable<Uuid>,
        address -> Nullable<Text>,
        trace_id -> Nullable<Text>,
        action -> Text,
        subject_kind -> Text,
        subject_id -> Text,
        before -> Nullable<Jsonb>,
        after -> Nullable<Jsonb>,
    }
}

diesel::table! {
    search_synonyms (id) {
        id -> Uuid,
        store_id -> Uuid,
        words -> Array<Text>,
        means -> Array<Text>,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    search_rules (id) {
        id -> Uuid,
        store_id -> Uuid,
        name -> Text,
        condition -> Text,
        condition_text -> Nullable<Text>,
        pinned -> Nullable<Array<Uuid>>,
        target -> Nullable<Text>,
        target_key -> Nullable<Text>,
        target_value -> Nullable<Text>,
        percent -> Nullable<Integer>,
        active -> Bool,
        starts_at -> Nullable<Timestamptz>,
        ends_at -> Nullable<Timestamptz>,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    search_queries (store_id, day, text) {
        store_id -> Uuid,
        day -> Date,
        text -> Text,
        searches -> BigInt,
        without_results -> BigInt,
        with_unknown_words -> BigInt,
        clicks -> BigInt,
        click_position_sum -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(categories, brands, products, variants, tax_classes);
diesel::allow_tables_to_appear_in_same_query!(orders, order_lines, stock_holds);
diesel::joinable!(variants -> products (product_id));
diesel::allow_tables_to_appear_in_same_query!(stock_levels, locations);
diesel::allow_tables_to_appear_in_same_query!(stores, locations, tax_classes);
diesel::allow_tables_to_appear_in_same_query!(stores, search_settings);
diesel::allow_tables_to_appear_in_same_query!(orders, variants);
diesel::allow_tables_to_appear_in_same_query!(orders, products);
diesel::allow_tables_to_appear_in_same_query!(order_lines, variants);
diesel::allow_tables_to_appear_in_same_query!(order_lines, products);
