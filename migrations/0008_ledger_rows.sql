-- As for orders: a row of the ledger whose answer is stored finds room on its page. It costs room on the disk, half of each page, and spares
-- entries in three indexes.
alter table submission set (fillfactor = 50);
