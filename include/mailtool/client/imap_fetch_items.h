/// \file
/// FetchItems: what a FETCH asks for.
#pragma once

#include <string>
#include <vector>

namespace mailtool::client {

/// What FETCH is asked for, beside UID and FLAGS.
struct FetchItems {
  bool flags = true;
  bool envelope = false;
  bool size = false;
  bool internal_date = false;
  bool modseq = false;  ///< of a server with CONDSTORE (RFC 7162) alone
  bool body_structure = false;
  /// Of the extensions SAVEDATE, PREVIEW and OBJECTID, which the server must
  /// offer.
  bool save_date = false;
  bool preview = false;
  bool email_id = false;
  bool thread_id = false;
  /// Header fields to have as BODY.PEEK[HEADER.FIELDS (…)].
  std::vector<std::string> header_fields;
};

/// "(UID FLAGS ENVELOPE)": what ImapClient::fetch() sends behind the UIDs.
[[nodiscard]] std::string fetch_items(const FetchItems& items);

}  // namespace mailtool::client
