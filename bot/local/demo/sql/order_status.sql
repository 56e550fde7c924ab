-- name: order_status
-- description: Tell what an order of the user's is, what became of it, and when it is
--   ready. Only their own orders are found.
-- parameter: number integer: The order's number, such as 1041.
SELECT number, what, state, ready_on, total AS total_eur
FROM demo.orders
WHERE number = :number
