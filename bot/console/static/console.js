"use strict";
// What a page can do with JavaScript besides: everything works without it.
