//! Streams with names, which need no pinning and no further traits to be read.

pub(crate) use futures_util::stream::{BoxStream, Stream, StreamExt, TryStreamExt};

/// Declares a stream of results. It is `Unpin`, can be read by methods of its own, and is a
/// [`Stream`](futures_util::Stream) as well.
macro_rules! streams {
    ($($(#[$doc:meta])* $name:ident$(<$generic:ident>)? of $item:ty;)*) => {
        $(
            $(#[$doc])*
            ///
            /// An error ends it. Nothing is sent before it is asked for its first item, and dropping it
            /// stops it.
            #[must_use = "nothing is sent until it is read"]
            pub struct $name$(<$generic>)?($crate::stream::BoxStream<'static, Result<$item, $crate::Error>>);

            impl$(<$generic: Send + 'static>)? $name$(<$generic>)? {
                pub(crate) fn new(
                    stream: impl $crate::stream::Stream<Item = Result<$item, $crate::Error>> + Send + 'static,
                ) -> Self {
                    Self($crate::stream::StreamExt::boxed(stream))
                }

                /// The next one, or `None` at the end.
                pub async fn next(&mut self) -> Option<Result<$item, $crate::Error>> {
                    $crate::stream::StreamExt::next(&mut self.0).await
                }

                /// The next one, or `None` at the end, for use with `?`.
                ///
                /// # Errors
                ///
                /// The one that ended the stream.
                pub async fn try_next(&mut self) -> Result<Option<$item>, $crate::Error> {
                    $crate::stream::TryStreamExt::try_next(&mut self.0).await
                }

                /// All that are left.
                ///
                /// # Errors
                ///
                /// The one that ended the stream.
                pub async fn collect(self) -> Result<Vec<$item>, $crate::Error> {
                    $crate::stream::TryStreamExt::try_collect(self.0).await
                }
            }

            impl$(<$generic>)? $crate::stream::Stream for $name$(<$generic>)? {
                type Item = Result<$item, $crate::Error>;

                fn poll_next(
                    mut self: ::std::pin::Pin<&mut Self>,
                    context: &mut ::std::task::Context<'_>,
                ) -> ::std::task::Poll<Option<Self::Item>> {
                    $crate::stream::StreamExt::poll_next_unpin(&mut self.0, context)
                }
            }

            impl$(<$generic>)? ::std::fmt::Debug for $name$(<$generic>)? {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    f.write_str(stringify!($name))
                }
            }
        )*
    };
}

pub(crate) use streams;

/// Declares a stream of outcomes, none of which ends it.
macro_rules! outcomes {
    ($($(#[$doc:meta])* $name:ident$(<$generic:ident>)? of $item:ty;)*) => {
        $(
            $(#[$doc])*
            #[must_use = "nothing is sent until it is read"]
            pub struct $name$(<$generic>)?($crate::stream::BoxStream<'static, $item>);

            impl$(<$generic: Send + 'static>)? $name$(<$generic>)? {
                pub(crate) fn new(stream: impl $crate::stream::Stream<Item = $item> + Send + 'static) -> Self {
                    Self($crate::stream::StreamExt::boxed(stream))
                }

                /// The next one, or `None` at the end.
                pub async fn next(&mut self) -> Option<$item> {
                    $crate::stream::StreamExt::next(&mut self.0).await
                }

                /// All that are left.
                pub async fn collect(self) -> Vec<$item> {
                    $crate::stream::StreamExt::collect(self.0).await
                }
            }

            impl$(<$generic>)? $crate::stream::Stream for $name$(<$generic>)? {
                type Item = $item;

                fn poll_next(
                    mut self: ::std::pin::Pin<&mut Self>,
                    context: &mut ::std::task::Context<'_>,
                ) -> ::std::task::Poll<Option<Self::Item>> {
                    $crate::stream::StreamExt::poll_next_unpin(&mut self.0, context)
                }
            }

            impl$(<$generic>)? ::std::fmt::Debug for $name$(<$generic>)? {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    f.write_str(stringify!($name))
                }
            }
        )*
    };
}

pub(crate) use outcomes;
