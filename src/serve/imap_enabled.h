/// \file
/// ImapEnabled: what a client has switched on (RFC 5161).
#pragma once

namespace mailtool::serve {

struct ImapEnabled {
  bool rev2 = false;       ///< RFC 9051: names in UTF-8, ESEARCH for SEARCH
  bool condstore = false;  ///< RFC 7162: MODSEQ in each FETCH response
};

}  // namespace mailtool::serve
