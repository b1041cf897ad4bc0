/// \file
/// Threads of messages, by the server or here: RFC 5256.
#pragma once

#include <vector>

#include "mailtool/client/imap_client.h"
#include "mailtool/imap/capability.h"
#include "mailtool/imap/threader.h"

namespace mailtool::app {

/// THREAD=REFS, THREAD=REFERENCES.
[[nodiscard]] bool offers_threads(const imap::Capabilities& capabilities,
                                  imap::ThreadBy by);

/// Makes threads here, as a server with THREAD does, of what FETCH brings.
class ThreadMaker {
 public:
  explicit ThreadMaker(imap::ThreadBy by) : by_(by), threader_(by) {}
  /// What FETCH is to bring.
  [[nodiscard]] client::FetchItems items() const;
  /// \pre the message has a UID
  void add(const imap::FetchData& message);
  /// The messages in order; nothing is left.
  std::vector<imap::ThreadPlace> take() { return threader_.take(); }

 private:
  imap::ThreadBy by_;
  imap::Threader threader_;
};

}  // namespace mailtool::app
