drop index messages_urgent_due_idx;
