-- The demo bakery's orders, in a database of their own: whoever asks sees theirs. Run at
-- each start of `make run`, in one transaction; it changes nothing that is there.
CREATE SCHEMA IF NOT EXISTS demo;
COMMENT ON SCHEMA demo IS 'What a demo bakery sells, for the tools of make run.';

CREATE TABLE IF NOT EXISTS demo.orders (
  number integer PRIMARY KEY,
  address text NOT NULL,
  what text NOT NULL,
  state text NOT NULL CHECK (state IN ('ordered', 'baked', 'ready', 'handed over')),
  ready_on date NOT NULL,
  total numeric(8, 2) NOT NULL
);
COMMENT ON TABLE demo.orders IS 'Orders of invented customers, by their WhatsApp address.';

INSERT INTO demo.orders VALUES
  (1041, 'whatsapp:+15551230001', '2 rye breads, 6 pretzels', 'ready', current_date, 15.60),
  (1042, 'whatsapp:+15551230001', '1 chocolate cake', 'ordered', current_date + 2, 28.00),
  (1043, 'whatsapp:+15551230002', '1 birthday cake "Mia"', 'ordered', current_date + 3, 42.00),
  (1044, 'whatsapp:+15551230003', '20 rolls', 'baked', current_date, 9.00),
  (1045, 'whatsapp:+15551239876', '60 croissants, for the council', 'handed over',
   current_date - 1, 96.00)
ON CONFLICT (number) DO NOTHING;

ALTER TABLE demo.orders ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own_orders ON demo.orders;
CREATE POLICY own_orders ON demo.orders FOR SELECT TO demo_tools
  USING (address = current_setting('bot.address', true));
GRANT USAGE ON SCHEMA demo TO demo_tools;
GRANT SELECT ON demo.orders TO demo_tools;
