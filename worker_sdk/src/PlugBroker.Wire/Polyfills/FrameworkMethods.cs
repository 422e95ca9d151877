// SPDX-License-Identifier: Apache-2.0
// What the libraries call and older frameworks lack, under the same names.
#if !NET
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace System;

[Microsoft.CodeAnalysis.Embedded]
internal static class FrameworkMethods
{
    extension(ArgumentNullException)
    {
        public static void ThrowIfNull(
            [NotNull] object? argument, [CallerArgumentExpression(nameof(argument))] string? name = null)
        {
            if (argument is null)
            {
                throw new ArgumentNullException(name);
            }
        }
    }

    extension(ArgumentOutOfRangeException)
    {
        public static void ThrowIfLessThan<T>(
            T value, T least, [CallerArgumentExpression(nameof(value))] string? name = null)
            where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0)
            {
                throw new ArgumentOutOfRangeException(name, value, $"The least is {least}.");
            }
        }

        public static void ThrowIfGreaterThan<T>(
            T value, T most, [CallerArgumentExpression(nameof(value))] string? name = null)
            where T : IComparable<T>
        {
            if (value.CompareTo(most) > 0)
            {
                throw new ArgumentOutOfRangeException(name, value, $"The most is {most}.");
            }
        }
    }

    extension(ObjectDisposedException)
    {
        public static void ThrowIf(bool condition, object instance)
        {
            if (condition)
            {
                throw new ObjectDisposedException(instance.GetType().FullName);
            }
        }
    }

    extension(Task)
    {
        public static Task Delay(TimeSpan delay, TimeProvider time, CancellationToken cancellationToken) =>
            time.Delay(delay, cancellationToken);
    }

    extension(OperatingSystem)
    {
        public static bool IsWindows() => RuntimeInformation.IsOSPlatform(OSPlatform.Windows);
    }

    public static unsafe string GetString(this Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* from = bytes)
        {
            return bytes.IsEmpty ? "" : encoding.GetString(from, bytes.Length);
        }
    }

    public static unsafe int GetBytes(this Encoding encoding, ReadOnlySpan<char> text, Span<byte> to)
    {
        fixed (char* from = text)
        fixed (byte* target = to)
        {
            return text.IsEmpty ? 0 : encoding.GetBytes(from, text.Length, target, to.Length);
        }
    }

    public static ValueTask<int> ReadAsync(this Stream stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!MemoryMarshal.TryGetArray<byte>(buffer, out ArraySegment<byte> array))
        {
            throw new NotSupportedException("Only memory of an array can be read into.");
        }

        return new ValueTask<int>(stream.ReadAsync(array.Array!, array.Offset, array.Count, cancellationToken));
    }

    public static ValueTask WriteAsync(
        this Stream stream, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!MemoryMarshal.TryGetArray(buffer, out ArraySegment<byte> array))
        {
            throw new NotSupportedException("Only memory of an array can be written.");
        }

        return new ValueTask(stream.WriteAsync(array.Array!, array.Offset, array.Count, cancellationToken));
    }

    public static ValueTask DisposeAsync(this Stream stream)
    {
        stream.Dispose();
        return default;
    }

    /// <summary>Runs the token's callbacks on the thread pool.</summary>
    public static Task CancelAsync(this CancellationTokenSource source) =>
        source.IsCancellationRequested ? Task.CompletedTask : Task.Run(source.Cancel);
}
#endif
