//! What the engine's errors mean to a caller. Grows with the routes: each domain's error is translated once, here.
