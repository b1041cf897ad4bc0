/// \file
/// DownloadedMessage: a message from a server, parsed here.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "app/part_row.h"
#include "mailtool/base/sink.h"

namespace mailtool::app {

/// In memory while it is small, else in a file without a name. For one message.
class DownloadedMessage {
 public:
  DownloadedMessage();
  ~DownloadedMessage();
  DownloadedMessage(const DownloadedMessage&) = delete;
  DownloadedMessage& operator=(const DownloadedMessage&) = delete;

  /// Takes the message as the server sends it; line ends become LF.
  Sink& sink();

  /// Parses what came. What `use` is given is valid during the call. Fails as
  /// `use` does, or with local_io.
  using Use = std::function<Result<void>(const ParsedMessage& message,
                                         const std::vector<PartRow>& rows)>;
  Result<void> read(const Use& use);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace mailtool::app
