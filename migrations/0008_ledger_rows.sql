-- As for orders: a row of the ledger whose answer is stored finds room on its page.
alter table submission set (fillfactor = 50);
