// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;

namespace PlugBroker.Worker.Channel;

/// <summary>The status that an exception of a handler ends its call with: the table in the package's README.</summary>
internal static class ExceptionMap
{
    /// <summary>An exception that does nothing but carry another one is that other one.</summary>
    public static Exception Unwrap(Exception exception) =>
        exception is AggregateException { InnerExceptions.Count: 1, InnerException: { } inner } ? inner : exception;

    public static StatusCode StatusOf(Exception exception) => exception switch
    {
        ArgumentOutOfRangeException or IndexOutOfRangeException => StatusCode.OutOfRange,
        ArgumentException => StatusCode.InvalidArgument,
        KeyNotFoundException or FileNotFoundException or DirectoryNotFoundException => StatusCode.NotFound,
        UnauthorizedAccessException => StatusCode.PermissionDenied,
        NotImplementedException or NotSupportedException => StatusCode.Unimplemented,
        TimeoutException => StatusCode.DeadlineExceeded,
        OperationCanceledException => StatusCode.Cancelled,
        InsufficientMemoryException or OutOfMemoryException => StatusCode.ResourceExhausted,
        _ => StatusCode.Internal,
    };

    /// <summary>
    /// Its type and message, or all that it says of itself. That is the handler's code and may itself throw: then its type.
    /// </summary>
    public static string DescriptionOf(Exception exception, bool includeStackTrace)
    {
        try
        {
            return includeStackTrace ? exception.ToString() : $"{exception.GetType().FullName}: {exception.Message}";
        }
        catch (Exception)
        {
            return $"{exception.GetType().FullName} (its message can't be read)";
        }
    }
}
