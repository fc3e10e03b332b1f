grant execute on function erase_order_person(uuid, boolean) to public;
