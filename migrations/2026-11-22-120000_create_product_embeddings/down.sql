drop table product_embeddings_turn;
drop table product_embeddings;
