//! Named streams that need neither pinning nor extension traits.

pub(crate) use futures_util::stream::{BoxStream, Stream, StreamExt, TryStreamExt};

/// Declares a stream that is `Unpin` and has its own `next` method, and also implements
/// [`Stream`](futures_util::Stream).
macro_rules! named {
    (
        $(#[$doc:meta])*
        $name:ident$(<$generic:ident>)? of $item:ty $(, with $beside:ident: $beside_type:ty)?
    ) => {
        $(#[$doc])*
        #[must_use = "nothing is sent until it is polled"]
        pub struct $name$(<$generic>)? {
            stream: $crate::stream::BoxStream<'static, $item>,
            $($beside: $beside_type,)?
        }

        impl$(<$generic: Send + 'static>)? $name$(<$generic>)? {
            pub(crate) fn new(
                stream: impl $crate::stream::Stream<Item = $item> + Send + 'static,
                $($beside: $beside_type,)?
            ) -> Self {
                let stream = $crate::stream::StreamExt::boxed(stream);
                Self { stream, $($beside,)? }
            }

            /// Returns the next item, or `None` at the end.
            pub async fn next(&mut self) -> Option<$item> {
                $crate::stream::StreamExt::next(&mut self.stream).await
            }
        }

        impl$(<$generic>)? $crate::stream::Stream for $name$(<$generic>)? {
            type Item = $item;

            fn poll_next(
                mut self: ::std::pin::Pin<&mut Self>,
                context: &mut ::std::task::Context<'_>,
            ) -> ::std::task::Poll<Option<Self::Item>> {
                $crate::stream::StreamExt::poll_next_unpin(&mut self.stream, context)
            }
        }

        impl$(<$generic>)? ::std::fmt::Debug for $name$(<$generic>)? {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

pub(crate) use named;

/// Declares streams of results that end after an error.
macro_rules! streams {
    ($($(#[$doc:meta])* $name:ident$(<$generic:ident>)? of $item:ty;)*) => {
        $(
            $crate::stream::named! {
                $(#[$doc])*
                ///
                /// The stream ends after an error. Nothing is sent until it is first polled, and
                /// dropping it stops it.
                $name$(<$generic>)? of Result<$item, $crate::Error>
            }

            impl$(<$generic: Send + 'static>)? $name$(<$generic>)? {
                /// Returns the next item, or `None` at the end, in a form that works with `?`.
                ///
                /// # Errors
                ///
                /// The error that ended the stream.
                pub async fn try_next(&mut self) -> Result<Option<$item>, $crate::Error> {
                    $crate::stream::TryStreamExt::try_next(&mut self.stream).await
                }

                /// Collects all remaining items.
                ///
                /// # Errors
                ///
                /// The error that ended the stream.
                pub async fn collect(self) -> Result<Vec<$item>, $crate::Error> {
                    $crate::stream::TryStreamExt::try_collect(self.stream).await
                }
            }
        )*
    };
}

pub(crate) use streams;

/// Declares streams of outcomes that go on after a failure.
macro_rules! outcomes {
    ($($(#[$doc:meta])* $name:ident$(<$generic:ident>)? of $item:ty;)*) => {
        $(
            $crate::stream::named! {
                $(#[$doc])*
                $name$(<$generic>)? of $item
            }

            impl$(<$generic: Send + 'static>)? $name$(<$generic>)? {
                /// Collects all remaining items.
                pub async fn collect(self) -> Vec<$item> {
                    $crate::stream::StreamExt::collect(self.stream).await
                }
            }
        )*
    };
}

pub(crate) use outcomes;
