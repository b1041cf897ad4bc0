/// \file
/// All messages of all inputs through dumps: in one thread, or in several.
#pragma once

#include <cstdint>
#include <functional>

#include "app/message_dump.h"
#include "app/message_files.h"
#include "app/message_reader.h"
#include "app/parse_progress.h"
#include "app/partial_join.h"

namespace mailtool::app {

/// What a run needs; all that it refers to outlives it.
struct ParseRun {
  const DumpOptions& dump;
  ReaderOptions reader;
  Sink& out;
  ParseProgress& progress;
  /// Told of what goes wrong with one input or message, in their order, by one
  /// thread at a time.
  std::function<void(const Error&)> report;
};

struct ParseTotals {
  std::uint64_t messages = 0;
  DefectsSeen defects;
};

/// With `join` its messages are dumped in place of their pieces; else null.
/// Fails with interrupted, or as `out` does; all else is reported.
Result<ParseTotals> parse_alone(const ParseRun& run, ExtractFolder* folder,
                                const PartialJoin* join, MessageFiles& files);

/// The same output in the same order, from up to `jobs` threads: a unit of work
/// is some files, or whole messages of about 1 MiB of an mbox on disk. Fails
/// also with system: no thread can be had. Not for DumpForm::extract, whose
/// file names depend on the order.
Result<ParseTotals> parse_in_threads(const ParseRun& run, unsigned jobs,
                                     MessageFiles& files);

}  // namespace mailtool::app
